import type { LiveProjection } from '@kontor/projections';
import type pg from 'pg';

type Watched = Pick<LiveProjection, 'projection' | 'building' | 'requireReadable'>;
type Check = (question: unknown) => void;

/**
 * After an upgrade the stable views may be over the tables of an older version, for analysts. The queries of a service were written
 * for the new one: one that names such a view throws ProjectionBuilding, wherever it is asked.
 */
export class ReadGuard {
  private readonly watched: { readonly live: Watched; readonly names: RegExp }[] = [];

  watch(projections: readonly Watched[]): void {
    for (const live of projections) {
      const { viewSchema, tables, views } = live.projection;
      const names = Object.keys({ ...tables, ...views }).join('|');
      this.watched.push({ live, names: new RegExp(`\\b${viewSchema}"?\\."?(?:${names})\\b`) });
    }
  }

  /** The same pool; its queries are looked at while a version is built. */
  over(pool: pg.Pool): pg.Pool {
    return guarded(pool, (question) => this.check(question));
  }

  private check(question: unknown): void {
    for (const { live, names } of this.watched)
      if (live.building !== undefined && names.test(textOf(question))) live.requireReadable();
  }
}

function textOf(question: unknown): string {
  if (typeof question === 'string') return question;
  const { text } = (question ?? {}) as { readonly text?: unknown };
  return typeof text === 'string' ? text : '';
}

function guarded<Target extends pg.Pool | pg.PoolClient>(target: Target, check: Check): Target {
  return new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name, of);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (name === 'query') {
          try {
            check(given[0]);
          } catch (error) {
            return Promise.reject(error instanceof Error ? error : new Error(String(error)));
          }
        }
        const answer: unknown = Reflect.apply(value, of, given);
        // A client that is handed to a callback is nobody's here.
        return name === 'connect' && answer instanceof Promise
          ? answer.then((client: pg.PoolClient | undefined) => client && guarded(client, check))
          : answer;
      };
    },
  });
}
