import type { StoredEventShown } from '../platform/stored-event.ts';
import { type Feed, type FeedHead, HttpFeed } from '@kontor/feed';
import { Problem } from '@kontor/http';

/** A head that was asked for a moment ago is good enough for everybody who asks now: figures about lag, and waits. */
const HEAD_GOOD_FOR_MS = 200;
const ANSWER_WITHIN_MS = 5_000;

/** The services of other processes, as this one sees them. */
export interface OtherServices {
  /** All services of the installation, those of this process included. */
  readonly names: readonly string[];
  readonly history: Feed;
  /** Asked on behalf of the caller, whose right it is to read streams. */
  storedEvent(stream: StreamOf, revision: string, authorization: string): Promise<StoredEventShown | null>;
}

export interface StreamOf {
  readonly service: string;
  readonly stream: string;
}

export interface OtherServicesOptions {
  readonly names: readonly string[];
  /** The one address in front of them all. */
  readonly origin: string;
  /** A token with the rights of a service account. */
  readonly token: () => string;
}

export function otherServices({ names, origin, token }: OtherServicesOptions): OtherServices {
  const headers = () => ({ authorization: `Bearer ${token()}` });
  return {
    names,
    history: new RememberedHeads({ origin: () => origin, headers }),
    async storedEvent({ service, stream }, revision, authorization) {
      const path = `/v1/streams/${service}/${encodeURIComponent(stream)}?from=${revision}&limit=1`;
      const response = await fetch(`${origin}${path}`, {
        headers: { authorization },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      }).catch((error: unknown) => {
        throw away(service, error);
      });
      if (response.status === 404) return null;
      if (!response.ok) throw away(service, `it answered ${response.status}`);
      const { items } = (await response.json()) as { items: readonly StoredEventShown[] };
      return items[0] ?? null;
    },
  };
}

/** Each subscription asks for the head of what it reads; one request a moment serves them all. */
class RememberedHeads extends HttpFeed {
  private readonly heads = new Map<string, { readonly askedAt: number; readonly head: Promise<FeedHead> }>();

  override head(service: string): Promise<FeedHead> {
    const known = this.heads.get(service);
    if (known !== undefined && performance.now() - known.askedAt < HEAD_GOOD_FOR_MS) return known.head;
    const head = super.head(service);
    this.heads.set(service, { askedAt: performance.now(), head });
    // The next one asks again; whoever waits for this one is told.
    head.catch(() => this.heads.delete(service));
    return head;
  }
}

function away(service: string, cause: unknown): Problem {
  return new Problem(503, 'ServiceAway', `${service} does not answer.`, {
    facts: { service, cause: cause instanceof Error ? cause.message : String(cause) },
    headers: { 'retry-after': '1' },
  });
}
