import { accept, addDays, refuse, type Decider, type Refused } from '@kontor/kernel';
import { priceLines } from '../lines/priced-line.ts';
import { orderFromQuote } from './order-quote.ts';
import type { QuoteCommand } from './quote.commands.ts';
import type { QuoteEvent } from './quote.events.ts';
import {
  isLive,
  noQuote,
  withVersion,
  type QuoteState,
  type QuoteVersion,
  type QuoteVersionStatus,
} from './quote.state.ts';

export const quoteDecider: Decider<QuoteState, QuoteCommand, QuoteEvent> = {
  initial: noQuote,

  evolve: {
    QuoteIssued: (state, data) => ({
      ...state,
      versions: [...state.versions, { issued: data, status: 'issued', note: null }],
    }),
    QuoteSuperseded: (state, data) =>
      withVersion(state, data.version, (version) => ({ ...version, status: 'superseded' })),
    QuoteSent: (state, data) => withVersion(state, data.version, (version) => ({ ...version, status: 'sent' })),
    QuoteAccepted: (state, data) =>
      withVersion(state, data.version, (version) => ({ ...version, status: 'accepted', note: data.evidence })),
    QuoteDeclined: (state, data) =>
      withVersion(state, data.version, (version) => ({ ...version, status: 'declined', note: data.reason })),
    QuoteExpired: (state, data) => withVersion(state, data.version, (version) => ({ ...version, status: 'expired' })),
    QuoteExpiryDisregarded: (state) => state,
    QuoteOrdered: (state, data) => ({ ...state, orders: [...state.orders, data] }),
  },

  decide: {
    IssueQuote: (command, state) => {
      if (state.versions.length > 0)
        return refuse('QuoteAlreadyIssued', 'This quote was issued already; revise it for another version.');
      if (command.validUntil < command.businessDate) return validityPassed(command.validUntil, command.businessDate);
      const priced = priceLines(command.lines, command.currency);
      if (priced.kind === 'refused') return priced;
      if (command.number === null) return refuse('NumberMissing', 'A quote is issued only with its number.');
      const { type: _type, ...data } = command;
      return accept({
        type: 'QuoteIssued',
        data: { ...data, number: command.number, version: 1, lines: priced.lines, totalMinor: priced.totalMinor },
      });
    },

    ReviseQuote: (command, state) => {
      const last = state.versions.at(-1);
      if (last === undefined) return quoteUnknown();
      if (last.status === 'accepted')
        return refuse('QuoteAlreadyAccepted', 'An accepted quote is not revised; make another quote.', {
          version: last.issued.version,
        });
      if (command.validUntil < command.businessDate) return validityPassed(command.validUntil, command.businessDate);
      const priced = priceLines(command.lines, last.issued.currency);
      if (priced.kind === 'refused') return priced;
      const version = last.issued.version + 1;
      const issued: QuoteEvent = {
        type: 'QuoteIssued',
        data: {
          ...last.issued,
          version,
          lines: priced.lines,
          totalMinor: priced.totalMinor,
          validUntil: command.validUntil,
          expiresAt: command.expiresAt,
          businessDate: command.businessDate,
        },
      };
      if (!isLive(last)) return accept(issued);
      return accept<QuoteEvent>(
        { type: 'QuoteSuperseded', data: { ...head(last, command.businessDate), supersededBy: version } },
        issued,
      );
    },

    SendQuote: (command, state) => {
      const found = liveVersion(state, command.version, command.businessDate);
      if ('kind' in found) return found;
      return accept({
        type: 'QuoteSent',
        data: { ...head(found, command.businessDate), channel: command.channel },
      });
    },

    AcceptQuote: (command, state) => {
      // An acceptance of the last day may be recorded after the timer ran: what counts is the day on which it was given.
      const found = liveVersion(state, command.version, command.businessDate, 'expired');
      if ('kind' in found) return found;
      if (command.evidence.trim() === '')
        return refuse('EvidenceMissing', 'Say by what the client accepted.', { version: command.version });
      return accept({
        type: 'QuoteAccepted',
        data: { ...head(found, command.businessDate), evidence: command.evidence },
      });
    },

    DeclineQuote: (command, state) => {
      const found = liveVersion(state, command.version, command.businessDate);
      if ('kind' in found) return found;
      return accept({
        type: 'QuoteDeclined',
        data: { ...head(found, command.businessDate), reason: command.reason },
      });
    },

    ExpireQuote: (command, state) => {
      const version = state.versions.find((candidate) => candidate.issued.version === command.version);
      if (version !== undefined && isLive(version))
        return accept({
          type: 'QuoteExpired',
          data: {
            ...head(version, addDays(version.issued.validUntil, 1)),
            validUntil: version.issued.validUntil,
          },
        });
      return accept({
        type: 'QuoteExpiryDisregarded',
        data: {
          quoteId: command.quoteId,
          version: command.version,
          because: version?.status ?? 'unknown',
          businessDate: command.businessDate,
        },
      });
    },

    OrderQuote: orderFromQuote,
  },
};

/**
 * The version if it can still be answered. The last day counts whole, and what the clock of the timer has not done yet the
 * date does here: a quote is not accepted after its last day, however late the process is.
 */
function liveVersion(
  state: QuoteState,
  number: number,
  today: string,
  alsoWhen?: QuoteVersionStatus,
): QuoteVersion | Refused {
  const last = state.versions.at(-1);
  if (last === undefined) return quoteUnknown();
  if (last.issued.version !== number)
    return refuse('QuoteVersionNotLive', `Version ${number} is not the one issued last.`, {
      version: number,
      latest: last.issued.version,
    });
  if (!isLive(last) && last.status !== alsoWhen)
    return refuse('QuoteVersionNotLive', `Version ${number} is ${last.status}.`, {
      version: number,
      status: last.status,
    });
  if (today < last.issued.businessDate)
    return refuse('AnsweredBeforeIssued', `Version ${number} was issued on ${last.issued.businessDate}.`, {
      version: number,
      issued: last.issued.businessDate,
      businessDate: today,
    });
  if (today > last.issued.validUntil)
    return refuse('QuoteExpired', `Version ${number} was valid until ${last.issued.validUntil}.`, {
      version: number,
      validUntil: last.issued.validUntil,
    });
  return last;
}

function head(version: QuoteVersion, businessDate: string) {
  const { quoteId, version: number, entityId, accountId } = version.issued;
  return { quoteId, version: number, entityId, accountId, businessDate };
}

function quoteUnknown(): Refused {
  return refuse('QuoteUnknown', 'There is no such quote.');
}

function validityPassed(validUntil: string, businessDate: string): Refused {
  return refuse('ValidityPassed', 'The last day of the quote lies before its date.', { validUntil, businessDate });
}
