import { createHash } from 'node:crypto';
import type { DomainEvent, Refusal } from '@kontor/kernel';

/** Everything about a command that is not the command: who sends it, why, and how a repeat is recognised. */
export interface CommandEnvelope {
  /** UUID; a command sent again has the same one. Event ids and new aggregates' ids derive from it. */
  readonly commandId: string;
  /** Hash of what was asked; the same command id with another hash is refused. */
  readonly requestHash: string;
  readonly actor: string;
  readonly origin: 'person' | 'import' | 'process';
  readonly correlationId: string;
  readonly causationId?: string;
  readonly reason?: string;
  /** When it happened; for imports and corrections it may lie in the past. */
  readonly occurredAt: string;
  /** From `If-Match`: the revision that the caller saw. */
  readonly expectedRevision?: bigint;
  readonly traceparent?: string;
}

export interface Receipt {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  /** `orders:18842`: give it to a query as `consistentWith` to read what was written here. */
  readonly consistencyToken: string;
}

export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly receipt: Receipt;
      /** Empty for a repeat and for what was already so. */
      readonly events: readonly DomainEvent[];
      readonly repeated: boolean;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** SHA-256 over the JSON of a request, hex; stable because keys are sorted. */
export function requestHash(request: unknown): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex').slice(0, 32);
}

function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : typeof inner === 'bigint'
          ? inner.toString()
          : inner,
    ) ?? 'null'
  );
}
