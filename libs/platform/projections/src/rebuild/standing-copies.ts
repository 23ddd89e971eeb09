import { inTransaction } from '@kontor/feed';
import type { KeyVault } from '@kontor/event-store';
import type pg from 'pg';
import { PersonalCopies } from '../personal-copies.ts';
import type { Projection } from '../projection.ts';
import type { RebuildRegistry } from './registry.ts';

/**
 * Paused copies, and those of versions that the code does not declare: no fold here brings an erasure to them. What was erased is
 * emptied in them by the list of destroyed keys. A copy that is folded again comes by the event later, which changes nothing.
 */
export class StandingCopies {
  readonly #pool: pg.Pool;
  readonly #registry: RebuildRegistry;
  readonly #projection: Projection;
  readonly #vault: KeyVault;
  /** By copy and the moment it stopped: whose data it no longer holds. */
  readonly #done = new Map<string, Set<string>>();

  constructor(pool: pg.Pool, registry: RebuildRegistry, projection: Projection, vault: KeyVault) {
    this.#pool = pool;
    this.#registry = registry;
    this.#projection = projection;
    this.#vault = vault;
  }

  async empty(): Promise<void> {
    const standing = await this.#registry.standing(this.#projection);
    if (standing.length === 0) return;
    const erased = await this.#vault.destroyedSubjects();
    for (const { schema, personal, since } of standing) {
      const key = `${schema} ${since}`;
      const done = this.#done.get(key) ?? new Set<string>();
      this.#done.set(key, done);
      const left = erased.filter((subject) => !done.has(subject));
      if (left.length === 0) continue;
      const copies = new PersonalCopies(schema, personal);
      await inTransaction(this.#pool, 'begin', async (client) => {
        for (const subject of left) await copies.empty(client, subject);
      });
      for (const subject of left) done.add(subject);
    }
  }
}
