import type { CloudEvent, SealedText } from '@kontor/kernel';

/** A contract as a projection with `personal: true` gets it: sealed fields are text, or null once their key is gone. */
export type Unsealed<Data> = {
  readonly [Field in keyof Data]: SealedText extends Data[Field] ? string | null : Data[Field];
};

/** Where a row comes from, and when it became known: the pages of a list are of one moment by it. */
export const knownColumns = {
  revision: { type: 'bigint', comment: 'Revision of the event in its stream; of one thing the highest counts.' },
  recorded_at: { type: 'timestamptz', comment: 'When it was recorded.' },
} as const;

export function knownAs(event: CloudEvent<never>): { revision: number; recorded_at: string } {
  return { revision: event.revision, recorded_at: event.recordedat };
}
