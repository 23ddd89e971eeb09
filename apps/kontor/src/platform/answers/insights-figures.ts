import { date, digits, instant, mapOf, orNull, text, uuid } from './schema.ts';

/** What every answer about figures says of itself: as of when, as known when, of which positions, for whom. */
export const moment = {
  asOf: date,
  asKnownAt: instant,
  positions: mapOf(digits, 'Service → position of its log.'),
  scope: {
    type: 'string',
    description: 'What the figures were made for: all, or the owners whose clients they count.',
  },
};
/** The event that is behind a number. */
export const evidence = {
  eventId: uuid,
  service: text,
  stream: text,
  revision: digits,
  position: digits,
  type: text,
  businessDate: date,
  recordedAt: instant,
};
export const namedAccount = { accountId: uuid, accountNumber: orNull(text), accountName: orNull(text) };
