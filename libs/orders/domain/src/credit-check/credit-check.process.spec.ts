import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@kontor/kernel';
import { creditRequested } from '@kontor/orders-contracts';
import { IDS } from '../lines/lines.scenarios.ts';
import { creditCheck } from './credit-check.process.ts';

const event = (type: string, data: unknown): CloudEvent => ({
  specversion: '1.0',
  id: '5f0f9c5e-0d2b-5d6a-9b6d-000000000001',
  source: '/receivables',
  type,
  subject: 'ledger-1',
  time: '2026-04-02T08:00:00.000Z',
  datacontenttype: 'application/json',
  logid: '5f0f9c5e-0d2b-5d6a-9b6d-0000000000aa',
  position: '7',
  previousposition: '0',
  partition: 0,
  revision: 0,
  recordedat: '2026-04-02T08:00:00.000001Z',
  actor: 'process:CreditReservation',
  origin: 'process',
  commandid: '5f0f9c5e-0d2b-5d6a-9b6d-000000000002',
  correlationid: '5f0f9c5e-0d2b-5d6a-9b6d-000000000003',
  data,
});

const reservedType = 'kontor.receivables.credit-reserved.v1';
const refusedType = 'kontor.receivables.credit-refused.v1';
const answer = { orderId: IDS.order, attempt: 2, businessDate: '2026-04-02' };
const react = (type: string, data: unknown, state = creditCheck.initial) => {
  const reaction = creditCheck.reactions[type];
  if (reaction === undefined) throw new Error(`no reaction to ${type}`);
  expect(reaction.correlate(event(type, data))).toBe(IDS.order);
  return reaction.react(state, event(type, data));
};

describe('CreditCheck', () => {
  it('O-07: remembers what was asked, and commands nothing', () => {
    expect(react(creditRequested.type, { ...creditRequested.example, orderId: IDS.order, attempt: 2 })).toEqual({
      state: { lastRequested: 2, lastAnswered: 0 },
      commands: [],
    });
  });

  it('O-07: waits for the answer to the last request, whichever feed is ahead', () => {
    expect(creditCheck.awaiting?.({ lastRequested: 2, lastAnswered: 1 })).toBe(
      "receivables' answer to credit request 2",
    );
    expect(creditCheck.awaiting?.({ lastRequested: 0, lastAnswered: 1 })).toBeNull();
  });

  it('R-14: money paid in advance for an order lets it ask for credit again; other money is not looked at', () => {
    const type = 'kontor.receivables.payment-received.v1';
    const state = { lastRequested: 1, lastAnswered: 1 };
    const businessDate = '2026-04-02';
    expect(react(type, { orderId: IDS.order, businessDate }, state)).toEqual({
      state,
      commands: [
        {
          step: 'resume',
          aggregate: 'order',
          key: IDS.order,
          command: { type: 'ResumeOnPrepayment', orderId: IDS.order, businessDate },
        },
      ],
    });
    expect(creditCheck.reactions[type]?.correlate(event(type, { businessDate }))).toBeNull();
  });

  it('O-07: credit reserved confirms the order', () => {
    expect(react(reservedType, answer, { lastRequested: 2, lastAnswered: 1 })).toEqual({
      state: { lastRequested: 2, lastAnswered: 2 },
      commands: [
        {
          step: 'confirm',
          aggregate: 'order',
          key: IDS.order,
          command: { type: 'ConfirmOrder', orderId: IDS.order, attempt: 2, businessDate: '2026-04-02' },
        },
      ],
    });
  });

  it('O-07: credit refused holds the order with code and sentence', () => {
    const refused = { ...answer, code: 'CreditLimitExceeded', sentence: 'Too much.' };
    expect(react(refusedType, refused)).toEqual({
      state: { lastRequested: 0, lastAnswered: 2 },
      commands: [
        {
          step: 'hold',
          aggregate: 'order',
          key: IDS.order,
          command: {
            type: 'HoldOrder',
            orderId: IDS.order,
            attempt: 2,
            code: 'CreditLimitExceeded',
            sentence: 'Too much.',
            businessDate: '2026-04-02',
          },
        },
      ],
    });
  });
});
