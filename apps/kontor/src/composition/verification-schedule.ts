import { pause } from '@kontor/feed';
import { type Rebuild, verify } from '@kontor/projections';
import type { Logger } from 'pino';

/** The first look after a start: not while everything catches up. */
const FIRST_LOOK_MS = 600_000;
const LOOK_MS = 600_000;

/** Verifies each projection of a service again and again, one after the other, the one verified longest ago first. */
export class VerificationSchedule {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly rebuilds: readonly Rebuild[],
    private readonly logger: Logger,
    private readonly everyMs: number,
  ) {}

  start(): void {
    if (this.everyMs > 0) this.running = this.run();
  }

  /** A fold under way is cut off; its scratch schema goes with it. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    await pause(Math.min(FIRST_LOOK_MS, this.everyMs), signal);
    while (!signal.aborted) {
      for (const rebuild of await this.due()) if (!signal.aborted) await this.verify(rebuild);
      await pause(Math.min(LOOK_MS, this.everyMs), signal);
    }
  }

  private async due(): Promise<readonly Rebuild[]> {
    try {
      const [first] = this.rebuilds;
      const last = new Map(
        (await first?.live.registry.verifications())?.map(({ projection, at }) => [projection, Date.parse(at)]),
      );
      const verifiedAt = ({ live }: Rebuild) => last.get(live.projection.name) ?? 0;
      return this.rebuilds
        .filter((rebuild) => verifiedAt(rebuild) < Date.now() - this.everyMs)
        .sort((left, right) => verifiedAt(left) - verifiedAt(right));
    } catch (error) {
      this.logger.warn({ err: error }, 'what is to be verified could not be read');
      return [];
    }
  }

  private async verify(rebuild: Rebuild): Promise<void> {
    const { name } = rebuild.live.projection;
    try {
      const { comparison, seconds } = await verify(rebuild, { signal: this.stopping.signal });
      if (comparison.equal)
        this.logger.info({ projection: name, seconds }, 'the live tables equal the fold of the history');
      else this.logger.error({ projection: name, comparison }, 'the live tables differ from the fold of the history');
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      // The next look tries again.
      this.logger.warn({ err: error, projection: name }, 'a projection could not be verified');
    }
  }
}
