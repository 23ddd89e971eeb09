import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from '@kontor/testing/seeded';
import { NearTheHead } from '../../apps/kontor/src/cli/near-the-head.ts';
import type { Api, Reply } from './api.ts';

const POLL_MS = 500;
/** Of every service some, of insights those with the most tables. */
const PROJECTIONS: readonly [string, ...string[]] = [
  ...['account-directory', 'order-list', 'ledger-directory', 'install-base', 'pipeline', 'dunning', 'event-trace'],
] as [string, ...string[]];

/** Rebuilds one read model after the other while faults are made: compared, switched, the old copy discarded. */
export class Administrator {
  readonly findings: string[] = [];
  /** What came of it, by deed: `switched` is one that went all the way. */
  readonly deeds = new Map<string, number>();

  constructor(
    private readonly api: Api,
    private readonly dice: Dice,
  ) {}

  /** Until it is told to stop; what is not finished then is taken back. */
  async work(stop: AbortSignal, giveUp: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const name = this.dice.pick(PROJECTIONS);
      await this.#deed('start', 'rebuilds', giveUp, { projection: name });
      const near = new NearTheHead();
      while (!stop.aborted && !(await this.#isNear(name, near))) await delay(POLL_MS);
      if (!stop.aborted) await this.#exchange(name, giveUp);
      // Whichever of them there is anything to do for.
      for (const deed of ['cancel', 'discard']) await this.#deed(deed, `rebuilds/${name}/${deed}`, giveUp);
    }
  }

  async #exchange(name: string, giveUp: AbortSignal): Promise<void> {
    const compared = await this.#deed('compare', `rebuilds/${name}/compare`, giveUp);
    const { comparison } = (compared?.body ?? {}) as { comparison?: { equal: boolean } | null };
    if (comparison?.equal === false)
      this.findings.push(`the copy of ${name} is another one than the live tables: ${JSON.stringify(comparison)}`);
    const switched = await this.#deed('switch', `rebuilds/${name}/switch`, giveUp);
    if (switched?.status === 200) this.#count('switched');
  }

  async #isNear(name: string, near: NearTheHead): Promise<boolean> {
    const reply = await this.api.request('GET', `/v1/platform/rebuilds/${name}`);
    if (reply?.status !== 200) return false;
    const { done, total } = reply.body as { done: string; total: string };
    return near.reached(done, total, performance.now());
  }

  /** Asked until there is an answer; a deed that was done by an earlier attempt is refused by the next. */
  async #deed(what: string, path: string, giveUp: AbortSignal, body: object = {}): Promise<Reply | undefined> {
    for (;;) {
      const reply = await this.api.request('POST', `/v1/platform/${path}`, body);
      if (reply !== undefined && reply.status < 500) {
        const { code } = reply.body as { code?: string };
        if (code !== undefined) this.#count(`${what}: ${code}`);
        return reply;
      }
      if (reply !== undefined && reply.status !== 503)
        this.findings.push(`${path} was answered with ${reply.status} ${JSON.stringify(reply.body)}`);
      if (giveUp.aborted) return undefined;
      await delay(POLL_MS);
    }
  }

  #count(what: string): void {
    this.deeds.set(what, (this.deeds.get(what) ?? 0) + 1);
  }
}
