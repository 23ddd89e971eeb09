import {
  type AnswersByRoute,
  count,
  digits,
  flag,
  instant,
  list,
  object,
  one,
  orNull,
  receipt,
  reference,
  type Schema,
  type Schemas,
  text,
  uuid,
} from './schema.ts';

const traced = {
  eventId: uuid,
  service: text,
  contract: text,
  stream: text,
  revision: digits,
  position: digits,
  recordedAt: instant,
  actor: text,
  commandId: uuid,
  correlationId: uuid,
  causationId: orNull(uuid),
};
/** Metadata and data are the event's own: docs/events.md. */
const stored: Schema = object({
  eventId: uuid,
  type: text,
  revision: digits,
  position: digits,
  recordedAt: instant,
  metadata: { type: 'object' },
  data: { type: 'object' },
});
const health = object({ status: one('live', 'ready') });

export const platformSchemas: Schemas = {
  Problem: {
    type: 'object',
    description: 'Problem details (RFC 9457). `code` says which refusal it is, `errors` names fields with the reason.',
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      detail: text,
      code: { type: 'string', examples: ['CreditLimitExceeded', 'InvalidRequest', 'NotGranted', 'StaleRevision'] },
      instance: text,
      facts: { type: 'object', description: 'What it was decided on.' },
      errors: list(object({ field: text, reason: text })),
    },
    required: ['type', 'title', 'status', 'detail', 'code'],
  },
  SignedMoney: object(
    { amountMinor: { type: 'integer' }, currency: text },
    { description: 'Integer minor units of an ISO 4217 currency; below zero where we owe it.' },
  ),
  Receipt: receipt(),
  StoredEvent: stored,
  TracedEvent: object(traced),
};

const tracedEvent = reference('TracedEvent');

export const platformAnswers: AnswersByRoute = {
  'get /': object({
    name: text,
    version: text,
    docs: text,
    description: text,
    health: text,
    resources: list(text),
    figures: list(text),
    token: text,
  }),
  'get /health/live': health,
  'get /health/ready': health,
  'get /v1/platform/status': object({
    version: text,
    lagUnit: text,
    services: list(
      object({
        name: text,
        logId: orNull(uuid),
        head: digits,
        recordedAt: orNull(instant),
        subscriptions: list(
          object({
            service: text,
            kind: text,
            name: text,
            reads: text,
            state: text,
            error: orNull(text),
            position: digits,
            head: orNull(digits),
            lagEvents: orNull(digits),
            lagSeconds: orNull({ type: 'number', minimum: 0 }),
            parked: count,
          }),
        ),
      }),
    ),
  }),
  'get /v1/platform/consumers': object({
    items: list(
      object({
        consumer: text,
        kind: text,
        group: orNull(text),
        owner: text,
        reads: text,
        since: orNull(instant),
        seenAt: orNull(instant),
        handled: digits,
        sent: {
          ...orNull(digits),
          description: 'Of a reader that is connected: what it has been given goes up to there.',
        },
        lagEvents: orNull(digits),
        state: text,
      }),
    ),
  }),
  'post /v1/platform/tokens': object({
    token: text,
    role: text,
    subject: text,
    lifetimeDays: count,
  }),
  'get /v1/streams/{service}/{stream}': object({
    service: text,
    stream: text,
    items: list(reference('StoredEvent')),
    next: orNull(text),
  }),
  'get /v1/events/{eventId}': object({
    event: object({ ...traced, stored: orNull(reference('StoredEvent')) }),
    causes: list(tracedEvent),
    effects: list(tracedEvent),
    sameCommand: list(tracedEvent),
  }),
  'get /v1/platform/trace/{id}': object({
    id: uuid,
    correlationId: uuid,
    truncated: flag,
    nodes: list(object({ ...traced, causedBy: orNull(uuid), depth: count })),
  }),
};
