import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ledgerAggregate, type LedgerCommand, type LedgerState } from '@kontor/receivables-domain';
import { type CommandEnvelope, uuidV5 } from '@kontor/service';
import { receivablesUnderTest, type ReceivablesUnderTest } from '../receivables.harness.scenarios.ts';
import { ledgerIdOf } from '../receivables.streams.ts';
import { decideAgain } from './decide-again.ts';
import { DunningRunner } from './dunning-runner.ts';
import { defaultPolicy } from './policies.ts';

const PATIENCE_MS = 120_000;
const ACCOUNT = '0b5c6a1e-6a0b-5f0e-9a55-3c5f2f6d1a01';
const LEDGER = ledgerIdOf('main', 'USD', ACCOUNT);
const DUE = '2026-03-10';
const idOf = (name: string) => uuidV5(LEDGER, name);
const on = (businessDate: string) => ({ accountId: ACCOUNT, entityId: 'main', currency: 'USD', businessDate });

let receivables: ReceivablesUnderTest;
beforeAll(async () => {
  receivables = await receivablesUnderTest('2026-03-31T12:00:00.000Z');
}, PATIENCE_MS);
afterAll(() => receivables.drop());

const by = (commandId: string): CommandEnvelope => ({
  ...{ commandId, requestHash: '', actor: 'test', origin: 'person', correlationId: commandId },
  occurredAt: receivables.clock.now(),
});
async function tell(step: string, command: LedgerCommand): Promise<void> {
  const outcome = await receivables.runtime.runner.execute(ledgerAggregate, LEDGER, command, by(idOf(step)));
  if (outcome.kind === 'refused') throw new Error(`${step}: ${outcome.refusal.code}`);
}
const open = (name: string, amountMinor: number) =>
  tell(`open ${name}`, {
    ...{ type: 'OpenItems', ...on('2026-03-01'), invoiceId: idOf(`invoice ${name}`), invoiceNumber: name },
    ...{ invoiceDate: '2026-03-01', deliveryId: null, externalId: null },
    instalments: [{ instalmentId: idOf(name), ordinal: 1, dueDate: DUE, amountMinor }],
  });
const dispute = (name: string, amountMinor: number | null) =>
  tell(`dispute ${name}`, {
    ...{ type: 'RaiseDispute', ...on('2026-03-09'), disputeId: idOf(`dispute ${name}`), instalmentId: idOf(name) },
    ...{ amountMinor, reason: 'scratched', ownerId: null, deadline: null },
  });

async function run(): Promise<{ readonly notices: number; readonly alreadyDecided: number }> {
  const runner = new DunningRunner(receivables.runtime);
  const prepared = await runner.prepare({
    ...{ entityId: 'main', currency: 'USD', from: '2026-03-01', to: '2026-03-30', dryRun: false, dispatch: false },
    content: defaultPolicy('USD'),
  });
  return runner.run(prepared, by(prepared.runId));
}
const state = async (): Promise<LedgerState> => (await receivables.runtime.runner.load(ledgerAggregate, LEDGER)).state;

describe('overlays in a dunning run', () => {
  it(
    'R-06 R-07 R-10: what is disputed, promised or paused waits, keeps its level, and goes on by itself one level at a time',
    async () => {
      await open('A', 10_000);
      await open('B', 8_000);
      await open('C', 6_000);
      await open('D', 4_000);
      await open('E', 2_000);
      await dispute('B', 3_000);
      await dispute('E', null);
      await tell('promise C', {
        ...{ type: 'MakePromise', ...on('2026-03-09'), promiseId: idOf('promise'), instalmentIds: [idOf('C')] },
        ...{ amountMinor: 6_000, promisedOn: '2026-03-15', graceDays: 2 },
      });
      await tell('pay C in part', {
        ...{ type: 'ReceivePayment', ...on('2026-03-16'), paymentId: idOf('payment'), amountMinor: 2_000 },
        ...{ reference: null, invoiceNumbers: ['C'], today: '2026-03-31' },
      });
      await tell('pause D', {
        ...{ type: 'PauseDunning', ...on('2026-03-09'), instalmentId: idOf('D'), until: '2026-03-21' },
        reason: 'reconciling',
      });
      await tell('resolve B', {
        ...{ type: 'ResolveDispute', ...on('2026-03-20'), disputeId: idOf('dispute B'), outcome: 'unjustified' },
      });
      await receivables.fold();
      expect(await run()).toMatchObject({ notices: 3, alreadyDecided: 0 });
      const ledger = await state();
      expect(
        ledger.dunning.notices.map(({ date, level, netMinor, feeMinor, items }) => [
          ...[date, level, netMinor, feeMinor],
          items.map((item) => [item.invoiceNumber, item.netMinor, item.levelBefore, item.levelAfter]),
        ]),
      ).toEqual([
        [
          ...['2026-03-11', 1, 15_000, 0],
          [
            ['A', 10_000, 0, 1],
            ['B', 5_000, 0, 1],
          ],
        ],
        [
          // The promise has been broken since its grace ended: the rest of C is there, at its first level.
          ...['2026-03-18', 2, 19_000, 1_000],
          [
            ['A', 10_000, 1, 2],
            ['B', 5_000, 1, 2],
            ['C', 4_000, 0, 1],
          ],
        ],
        [
          // All of B again, since its dispute was resolved, and D, whose pause has ended. E is disputed still.
          ...['2026-03-25', 3, 26_000, 4_000],
          [
            ['A', 10_000, 2, 3],
            ['B', 8_000, 2, 3],
            ['C', 4_000, 1, 2],
            ['D', 4_000, 0, 1],
          ],
        ],
      ]);
      expect(ledger.promises.get(idOf('promise'))?.status).toBe('broken');
      expect(ledger.restriction?.restriction).toBe('block-new-orders');
      for (const notice of ledger.dunning.notices)
        expect((await decideAgain(receivables.runtime, LEDGER, notice)).same).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'R-09: a fact that is recorded later changes no decided date, and a disputed item keeps the case open',
    async () => {
      const before = await state();
      // Dated before every notice: nothing of B was owed, had anybody known.
      await dispute('A', null);
      await receivables.fold();
      expect(await run()).toMatchObject({ notices: 3, alreadyDecided: 30 });
      for (const [index, name] of ['B', 'C', 'D'].entries())
        await tell(`pay ${name}`, {
          ...{ type: 'ReceivePayment', ...on('2026-03-31'), paymentId: idOf(`payment ${index}`), amountMinor: 8_000 },
          ...{ reference: null, invoiceNumbers: [name], today: '2026-03-31' },
        });
      const after = await state();
      expect(after.dunning.notices).toEqual(before.dunning.notices);
      expect(after.dunning.openCase).toEqual(before.dunning.openCase);
      expect(after.restriction?.restriction).toBe('block-new-orders');
    },
    PATIENCE_MS,
  );
});
