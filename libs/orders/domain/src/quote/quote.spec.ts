import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { IDS, pricedHours, pricedTracked } from '../lines/lines.scenarios.ts';
import type { AcceptQuote } from './quote.commands.ts';
import { quoteDecider } from './quote.decider.ts';
import {
  issueQuote,
  orderQuote,
  quoteAccepted,
  quoteDeclined,
  quoteExpired,
  quoteExpiryDisregarded,
  quoteIssued,
  quoteOrdered,
  quoteSent,
  quoteSuperseded,
} from './quote.scenarios.ts';
import { isLive } from './quote.state.ts';

const accept: AcceptQuote = {
  type: 'AcceptQuote',
  version: 1,
  evidence: 'Purchase order 4500017',
  businessDate: '2026-04-01',
};
const { lines, validUntil, expiresAt } = issueQuote;
const revise = {
  type: 'ReviseQuote',
  quoteId: IDS.quote,
  lines,
  validUntil,
  expiresAt,
  businessDate: '2026-03-05',
} as const;
const secondIssued = { ...quoteIssued, data: { ...quoteIssued.data, version: 2, businessDate: '2026-03-05' } };
const expire = { type: 'ExpireQuote', quoteId: IDS.quote, version: 1, businessDate: '2026-04-02' } as const;

describe('quote', () => {
  it('O-04: is issued with priced lines, each rounded once, half-even', () => {
    given(quoteDecider, []).when(issueQuote).then(quoteIssued);
  });

  it('O-04: is issued only with a number, lines and a last day that has not passed', () => {
    given(quoteDecider, [])
      .when({ ...issueQuote, number: null })
      .thenRefused('NumberMissing', {});
    given(quoteDecider, [])
      .when({ ...issueQuote, lines: [] })
      .thenRefused('LinesMissing', {});
    given(quoteDecider, [])
      .when({ ...issueQuote, validUntil: '2026-03-01' })
      .thenRefused('ValidityPassed', { validUntil: '2026-03-01', businessDate: '2026-03-02' });
    given(quoteDecider, [quoteIssued]).when(issueQuote).thenRefused('QuoteAlreadyIssued', {});
  });

  it('O-04: is not answered before it was issued', () => {
    given(quoteDecider, [quoteIssued])
      .when({ ...accept, businessDate: '2026-03-01' })
      .thenRefused('AnsweredBeforeIssued', { version: 1, issued: '2026-03-02', businessDate: '2026-03-01' });
  });

  it('O-04: a new version supersedes the live one, so that at most one is live', () => {
    given(quoteDecider, [quoteIssued]).when(revise).then(quoteSuperseded, secondIssued);
    const { state } = given(quoteDecider, [quoteIssued, quoteSuperseded, secondIssued]);
    expect(state.versions.filter(isLive).map((version) => version.issued.version)).toEqual([2]);
  });

  it('O-04: a declined or expired quote comes back as a new version, an accepted one does not', () => {
    given(quoteDecider, [quoteIssued, quoteDeclined]).when(revise).then(secondIssued);
    given(quoteDecider, [quoteIssued, quoteExpired]).when(revise).then(secondIssued);
    given(quoteDecider, [quoteIssued, quoteAccepted]).when(revise).thenRefused('QuoteAlreadyAccepted', { version: 1 });
  });

  it('O-04: is sent, and declined with a reason', () => {
    given(quoteDecider, [quoteIssued])
      .when({ type: 'SendQuote', version: 1, channel: 'e-mail', businessDate: '2026-03-03' })
      .then(quoteSent);
    given(quoteDecider, [quoteIssued, quoteSent])
      .when({ type: 'DeclineQuote', version: 1, reason: 'Price above budget', businessDate: '2026-03-10' })
      .then(quoteDeclined);
  });

  it('O-04: is accepted with evidence, up to and on its last day', () => {
    given(quoteDecider, [quoteIssued, quoteSent]).when(accept).then(quoteAccepted);
    given(quoteDecider, [quoteIssued])
      .when({ ...accept, evidence: ' ' })
      .thenRefused('EvidenceMissing', { version: 1 });
    given(quoteDecider, [quoteIssued])
      .when({ ...accept, businessDate: '2026-04-02' })
      .thenRefused('QuoteExpired', { version: 1, validUntil: '2026-04-01' });
  });

  it('O-04: an acceptance given on the last day counts, though the timer ran before it was recorded', () => {
    given(quoteDecider, [quoteIssued, quoteExpired]).when(accept).then(quoteAccepted);
    given(quoteDecider, [quoteIssued, quoteExpired])
      .when({ ...accept, businessDate: '2026-04-02' })
      .thenRefused('QuoteExpired', { version: 1, validUntil: '2026-04-01' });
  });

  it('O-04: only the live version is accepted', () => {
    given(quoteDecider, [quoteIssued, quoteSuperseded, secondIssued])
      .when(accept)
      .thenRefused('QuoteVersionNotLive', { version: 1, latest: 2 });
    given(quoteDecider, [quoteIssued, quoteDeclined])
      .when(accept)
      .thenRefused('QuoteVersionNotLive', { version: 1, status: 'declined' });
  });

  it('O-04: expires with its last day; an answer that came before stays, and the timer leaves its trace', () => {
    given(quoteDecider, [quoteIssued, quoteSent]).when(expire).then(quoteExpired);
    given(quoteDecider, [quoteIssued, quoteAccepted]).when(expire).then(quoteExpiryDisregarded);
  });

  it('O-04: the whole accepted quote becomes an order', () => {
    given(quoteDecider, [quoteIssued, quoteAccepted]).when(orderQuote).then(quoteOrdered);
    given(quoteDecider, [quoteIssued, quoteAccepted, quoteOrdered])
      .when({ ...orderQuote, orderId: 'another' })
      .thenRefused('NothingLeftToOrder', {});
  });

  it('O-04: an accepted quote is ordered in parts, line by line, never beyond what it quotes', () => {
    const part = { lineId: 1, quantity: { value: 2, scale: 0 } };
    const firstOrdered = {
      type: 'QuoteOrdered',
      data: {
        ...quoteOrdered.data,
        lines: [{ ...pricedTracked, quantity: { value: 2, scale: 0 }, amountMinor: 190_000 }],
        totalMinor: 190_000,
        fullyOrdered: false,
      },
    } as const;
    const accepted = [quoteIssued, quoteAccepted];
    given(quoteDecider, accepted)
      .when({ ...orderQuote, lines: [part] })
      .then(firstOrdered);
    given(quoteDecider, [...accepted, firstOrdered])
      .when({ ...orderQuote, lines: [part] })
      .thenRefused('MoreThanQuoted', { lineId: 1, left: { value: 1, scale: 0 }, asked: { value: 2, scale: 0 } });
    given(quoteDecider, [...accepted, firstOrdered])
      .when({ ...orderQuote, orderId: 'second', orderNumber: 'O-2026-000002' })
      .then({
        type: 'QuoteOrdered',
        data: {
          ...quoteOrdered.data,
          orderId: 'second',
          orderNumber: 'O-2026-000002',
          lines: [{ ...pricedTracked, quantity: { value: 1, scale: 0 }, amountMinor: 95_000 }, pricedHours],
          totalMinor: 119_998,
        },
      });
  });

  it('O-04: a quote that is not accepted becomes no order', () => {
    given(quoteDecider, [quoteIssued])
      .when(orderQuote)
      .thenRefused('QuoteNotAccepted', { version: 1, latest: 1, status: 'issued' });
    given(quoteDecider, []).when(orderQuote).thenRefused('QuoteUnknown', {});
  });

  it('R-14: a blocked account turns no quote into an order', () => {
    given(quoteDecider, [quoteIssued, quoteAccepted])
      .when({ ...orderQuote, restriction: 'block-new-orders' })
      .thenRefused('AccountRestricted', { accountId: IDS.account, restriction: 'block-new-orders' });
  });
});
