import type pg from 'pg';
import type { EventStore, StoredEvent } from '../event-store.ts';
import { checkedSchemaName } from '../postgres/schema.ts';
import { NO_SEAL, runningOver, sealOf } from './seal-hash.ts';
import { VERIFY_PAGE_EVENTS } from './seals.config.ts';
import { isSignedBy, type TrustedKeys } from './signing.ts';

/** The first thing in the order of the log that is not as it was sealed. */
export interface Broken {
  readonly kind: 'changed' | 'missing' | 'inserted' | 'seals';
  readonly position: bigint;
  readonly stream: string | null;
  readonly revision: bigint | null;
  readonly eventId: string | null;
  readonly sentence: string;
}

export interface VerifiedLog {
  readonly logId: string;
  /** Events that were compared with their seals. */
  readonly verified: bigint;
  /** Events behind the last seal: recorded a moment ago, or while the sealer stood still. */
  readonly unsealed: bigint;
  readonly roots: number;
  /** The last signed root: whoever keeps it elsewhere can tell that the whole was not replaced. */
  readonly lastRoot: {
    /** The log and the position that were signed: of a log that was moved since, the earlier ones. */
    readonly logId: string;
    readonly day: string;
    readonly position: bigint;
    readonly running: string;
    readonly keyId: string;
  } | null;
  readonly broken: Broken | null;
}

export interface VerifyOptions {
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly schema: string;
  readonly trusted: TrustedKeys;
  readonly progress?: (position: bigint, head: bigint) => void;
  readonly signal?: AbortSignal;
}

interface Link {
  readonly position: bigint;
  /** The position that was hashed: another one in a log that was moved to another store. */
  readonly sealedPosition: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly seal: Buffer;
  readonly previous: { readonly stream: string; readonly revision: bigint; readonly seal: Buffer } | null;
}

interface SignedRoot {
  /** Where its last event lies now; `position` is what was signed. */
  readonly at: bigint;
  readonly logId: string;
  readonly day: string;
  readonly position: bigint;
  readonly running: Buffer;
  readonly keyId: string;
  readonly signature: Buffer;
}

/** Compares a log with its seals and the seals with their signed roots, from the first event on, page by page. */
export async function verifyLog(options: VerifyOptions): Promise<VerifiedLog> {
  return new Verification(options).run();
}

class Verification {
  readonly #options: VerifyOptions;
  readonly #schema: string;
  #running: Buffer = NO_SEAL;
  #verified = 0n;
  #unsealed = 0n;
  #roots: SignedRoot[] = [];
  #rootsPassed = 0;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#schema = checkedSchemaName(options.schema);
  }

  async run(): Promise<VerifiedLog> {
    const { store, progress, signal } = this.#options;
    // The seals first: what is sealed while this reads is behind what is looked at.
    const sealed = await this.#sealed();
    const { sealedTo } = sealed;
    this.#roots = sealed.roots;
    const { logId, position: head } = await store.head();
    const end = (broken: Broken | null): VerifiedLog => this.#result(logId, broken);
    if (sealed.logId !== null && sealed.logId !== logId)
      return end(seals(0n, `the seals belong to the log ${sealed.logId}, and this one is ${logId}`));
    const last = this.#roots.at(-1);
    let after = 0n;
    for (;;) {
      signal?.throwIfAborted();
      const page = await store.readAll({ after, limit: VERIFY_PAGE_EVENTS });
      // Behind the end of the log there are links still when events were cut off; those made since are of events that are not compared.
      const upto = page.atHead || page.position > sealedTo ? sealedTo : page.position;
      const broken = this.#compare(page.events, await this.#links(after, upto), sealedTo);
      if (broken !== null) return end(broken);
      after = page.position;
      progress?.(after, head > sealedTo ? head : sealedTo);
      if (page.atHead || after >= head) break;
    }
    const unproved = this.#roots[this.#rootsPassed];
    if (unproved !== undefined)
      return end(seals(unproved.at, `the seals end before the signed root of ${unproved.day}`));
    if (this.#verified > 0n && last?.at !== sealedTo && (await this.#hasLinkBehind(last?.at ?? 0n, sealedTo)))
      return end(seals(last?.at ?? 0n, `nothing behind position ${last?.at ?? 0n} is covered by a signed root`));
    return end(null);
  }

  #compare(events: readonly StoredEvent[], links: readonly Link[], sealedTo: bigint): Broken | null {
    let next = 0;
    for (const event of events) {
      const link = links[next];
      if (link !== undefined && link.position < event.position) return missing(link);
      if (event.position > sealedTo) {
        this.#unsealed += 1n;
        continue;
      }
      if (link === undefined || link.position > event.position) return eventIs('inserted', event, 'was never sealed');
      next += 1;
      const broken = brokenBy(event, link) ?? this.#passRoot(link);
      if (broken !== null) return broken;
      this.#verified += 1n;
    }
    const left = links[next];
    return left === undefined ? null : missing(left);
  }

  /** The roots say that the seals themselves are the ones that were made. */
  #passRoot(link: Link): Broken | null {
    this.#running = runningOver(this.#running, link.seal);
    const root = this.#roots[this.#rootsPassed];
    if (root === undefined || root.at > link.position) return null;
    this.#rootsPassed += 1;
    if (root.at < link.position) return seals(root.at, `the event under the root of ${root.day} has no seal`);
    if (!this.#options.trusted.has(root.keyId))
      return seals(root.at, `the root of ${root.day} is signed with the key ${root.keyId}, which is not trusted here`);
    if (!isSignedBy(this.#options.trusted, root.keyId, root, root.signature))
      return seals(root.at, `the signature of the root of ${root.day} is false`);
    if (!root.running.equals(this.#running))
      return seals(
        root.at,
        `events or seals up to position ${root.at} were replaced together: they are not those of the signed root of ${root.day}`,
      );
    return null;
  }

  /** In one statement, so that the root of today is the one of the seals. */
  async #sealed(): Promise<{ logId: string | null; sealedTo: bigint; roots: SignedRoot[] }> {
    const { rows } = await this.#options.pool.query<{
      sealer_log: string | null;
      sealed_to: string;
      log_id: string | null;
      day: string;
      position: string;
      at: string;
      running: Buffer;
      key_id: string;
      signature: Buffer;
    }>(
      `select s.log_id as sealer_log, s.position::text as sealed_to, r.log_id, r.day::text, r.position::text,
              coalesce(r.position_now, r.position)::text as at, r.running, r.key_id, r.signature
         from ${this.#schema}.sealer s left join ${this.#schema}.roots r on true order by coalesce(r.position_now, r.position)`,
    );
    return {
      logId: rows[0]?.sealer_log ?? null,
      sealedTo: BigInt(rows[0]?.sealed_to ?? 0),
      roots: rows.flatMap(({ log_id: logId, day, position, at, running, key_id: keyId, signature }) =>
        logId === null ? [] : [{ logId, day, position: BigInt(position), at: BigInt(at), running, keyId, signature }],
      ),
    };
  }

  async #links(after: bigint, upto: bigint): Promise<readonly Link[]> {
    const { rows } = await this.#options.pool.query<{
      position: string;
      sealed_position: string;
      stream: string;
      revision: string;
      seal: Buffer;
      p_stream: string | null;
      p_revision: string;
      p_seal: Buffer;
    }>(
      `select c.position::text, coalesce(c.sealed_position, c.position)::text as sealed_position, c.stream, c.revision::text, c.seal,
              p.stream as p_stream, p.revision::text as p_revision, p.seal as p_seal
         from ${this.#schema}.chain c left join ${this.#schema}.chain p on p.position = c.previous
        where c.position > $1 and c.position <= $2 order by c.position limit $3`,
      [after.toString(), upto.toString(), 2 * VERIFY_PAGE_EVENTS],
    );
    return rows.map((row) => ({
      position: BigInt(row.position),
      sealedPosition: BigInt(row.sealed_position),
      stream: row.stream,
      revision: BigInt(row.revision),
      seal: row.seal,
      previous:
        row.p_stream === null ? null : { stream: row.p_stream, revision: BigInt(row.p_revision), seal: row.p_seal },
    }));
  }

  async #hasLinkBehind(position: bigint, upto: bigint): Promise<boolean> {
    const { rowCount } = await this.#options.pool.query(
      `select 1 from ${this.#schema}.chain where position > $1 and position <= $2 limit 1`,
      [position.toString(), upto.toString()],
    );
    return rowCount !== 0;
  }

  #result(logId: string, broken: Broken | null): VerifiedLog {
    const passed = this.#roots[this.#rootsPassed - 1];
    const lastRoot =
      passed === undefined
        ? null
        : {
            logId: passed.logId,
            day: passed.day,
            position: passed.position,
            running: passed.running.toString('hex'),
            keyId: passed.keyId,
          };
    return { logId, verified: this.#verified, unsealed: this.#unsealed, roots: this.#rootsPassed, lastRoot, broken };
  }
}

function brokenBy(event: StoredEvent, link: Link): Broken | null {
  const { previous } = link;
  if (event.stream !== link.stream || event.revision !== link.revision)
    return eventIs('changed', event, `stands where revision ${link.revision} of ${link.stream} was sealed`);
  const follows =
    previous === null
      ? event.revision === 0n
      : previous.stream === event.stream && previous.revision === event.revision - 1n;
  const sealed = { ...event, position: link.sealedPosition };
  if (follows && sealOf(previous?.seal ?? NO_SEAL, sealed).equals(link.seal)) return null;
  return eventIs('changed', event, 'is not what was sealed');
}

function eventIs(kind: Broken['kind'], event: StoredEvent, what: string): Broken {
  const { position, stream, revision, id: eventId } = event;
  const sentence = `event ${eventId} at position ${position} (${stream}, revision ${revision}) ${what}`;
  return { kind, position, stream, revision, eventId, sentence };
}

function missing({ position, stream, revision }: Link): Broken {
  const sentence = `the event at position ${position} (${stream}, revision ${revision}) is missing`;
  return { kind: 'missing', position, stream, revision, eventId: null, sentence };
}

function seals(position: bigint, sentence: string): Broken {
  return { kind: 'seals', position, stream: null, revision: null, eventId: null, sentence };
}
