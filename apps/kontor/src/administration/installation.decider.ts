import {
  accept,
  type Decider,
  defineAggregate,
  defineCodec,
  type DomainCommand,
  type DomainEvent,
} from '@kontor/kernel';

/** What was done with the whole installation. It is done; this makes an event of it. */
export interface RecordInstallationDeed extends DomainCommand<'RecordInstallationDeed'> {
  readonly deed: InstallationEvent;
}

export type InstallationEvent =
  | DomainEvent<'BackupTaken', { readonly withKeys: boolean }>
  | DomainEvent<'BackupRestored', { readonly createdAt: string; readonly product: string; readonly withKeys: boolean }>;

/** Number of deeds: the stream only remembers. */
export type InstallationState = number;

const next = (state: InstallationState): InstallationState => state + 1;

const installationDecider: Decider<InstallationState, RecordInstallationDeed, InstallationEvent> = {
  initial: 0,
  evolve: { BackupTaken: next, BackupRestored: next },
  decide: { RecordInstallationDeed: ({ deed }) => accept(deed) },
};

/** Stream `installation-main` in the log of accounts. */
export const installationAggregate = defineAggregate({
  category: 'installation',
  decider: installationDecider,
  codec: defineCodec<InstallationEvent>('platform', { BackupTaken: { version: 1 }, BackupRestored: { version: 1 } }),
});
