import type { Sealer } from '@kontor/event-store';
import { pause } from '@kontor/feed';
import type { Turn } from '@kontor/subscriptions';
import type { Logger } from 'pino';

const LOOK_MS = 1_000;

/** Of several processes of a service one seals its log, the others stand by. */
export class SealerInTurn {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly sealer: Sealer,
    private readonly turn: Turn,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.sealer.stop();
    await this.turn.release();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        if (await this.turn.held()) this.sealer.start();
        else await this.sealer.stop();
      } catch (error) {
        // The next look tries again; what seals meanwhile is stopped by its own checkpoint where another one does it too.
        this.logger.warn({ err: error }, 'whose turn it is to seal could not be asked');
      }
      await pause(LOOK_MS, signal);
    }
  }
}
