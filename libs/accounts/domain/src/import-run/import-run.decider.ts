import {
  accept,
  defineAggregate,
  defineCodec,
  type Decider,
  type DomainCommand,
  type DomainEvent,
} from '@kontor/kernel';
import type { ImportSource } from '@kontor/accounts-contracts';

/** An import begins once: the run is the files' content. Begun again, it keeps the date that it fixed at first. */
export interface BeginImport extends DomainCommand<'BeginImport'> {
  readonly runId: string;
  readonly source: ImportSource;
  readonly contentHash: string;
  readonly today: string;
}
export type ImportRunCommand = BeginImport;

export type ImportBegun = DomainEvent<
  'ImportBegun',
  {
    readonly runId: string;
    readonly source: ImportSource;
    readonly contentHash: string;
    readonly businessDate: string;
  }
>;
export type ImportRunEvent = ImportBegun;

export type ImportRunState =
  | { readonly runId: string; readonly source: ImportSource; readonly contentHash: string; readonly date: string }
  | undefined;

export const importRunDecider: Decider<ImportRunState, ImportRunCommand, ImportRunEvent> = {
  initial: undefined,
  evolve: {
    ImportBegun: (_state, { runId, source, contentHash, businessDate }) => ({
      runId,
      source,
      contentHash,
      date: businessDate,
    }),
  },
  decide: {
    BeginImport: ({ runId, source, contentHash, today }, state) =>
      state !== undefined
        ? accept()
        : accept({ type: 'ImportBegun', data: { runId, source, contentHash, businessDate: today } }),
  },
};

const importRunCodec = defineCodec<ImportRunEvent>('accounts', { ImportBegun: { version: 1 } });

export const importRunAggregate = defineAggregate({
  category: 'importRun',
  decider: importRunDecider,
  codec: importRunCodec,
});
