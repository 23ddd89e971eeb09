import {
  ledgerAggregate,
  type LedgerEvent,
  type LedgerEventData,
  type Statement,
  statementOf,
} from '@kontor/receivables-domain';
import type { ServiceRuntime } from '@kontor/service';

export interface StatementAsked {
  readonly from: string;
  readonly to: string;
  /** ISO instant; undefined: all that is recorded. */
  readonly asKnownAt?: string | undefined;
  /** The last revision that counts; undefined: the newest. */
  readonly revision?: bigint | undefined;
}

export interface LedgerStatement {
  readonly statement: Statement;
  /** What the client has answered to the same period. */
  readonly answers: readonly LedgerEventData<'StatementConfirmed'>[];
  /** The last event of the ledger that it knows; −1: none. */
  readonly revision: bigint;
}

/** The statement from the events of the ledger themselves: a figure that a client signs rests on no read model. */
export async function ledgerStatement(
  runtime: ServiceRuntime,
  ledgerId: string,
  { from, to, asKnownAt, revision: last }: StatementAsked,
): Promise<LedgerStatement> {
  const known = asKnownAt === undefined ? null : new Date(asKnownAt).getTime();
  const events: LedgerEvent[] = [];
  let revision = -1n;
  for await (const stored of runtime.store.readStream(`${ledgerAggregate.category}-${ledgerId}`)) {
    if (last !== undefined && stored.revision > last) break;
    if (known !== null && new Date(stored.recordedAt).getTime() > known) break;
    const { type, data } = runtime.serializer.decode(stored);
    events.push({ type, data } as unknown as LedgerEvent);
    revision = stored.revision;
  }
  const answers = events.flatMap((event) =>
    event.type === 'StatementConfirmed' && event.data.from === from && event.data.to === to ? [event.data] : [],
  );
  return { statement: statementOf(events, from, to), answers, revision };
}
