import { Agent } from 'node:http';
import { asked, startOnLongHistory } from './long-history.ts';
import { type BenchOptions, type Finding, interleave, openLoop, type OpenLoopResult, summary } from './measure.ts';
import { type BenchPlatform, send } from './processes.ts';

const EVENTS = 1_000_000;
const WINDOW_S = 60;
const ROUNDS = 5;
const COMMANDS_PER_SECOND = 200;
const WARM_UP_S = 10;
const MAX_RATIO = 1.25;
const MAX_MORE_MS = 5;
const PROJECTION = 'pipeline';
const LOOK_MS = 250;
const SETTLE_MS = 3_000;

interface Window extends OpenLoopResult {
  /** Events that the rebuild folded, per second. */
  readonly rebuilt: number;
}

/** Commands at a constant rate, each window in turn without and with a rebuild that gives way to them. */
export async function brakeBench(databaseUrl: string, options: BenchOptions): Promise<Finding[]> {
  const platform = await startOnLongHistory(databaseUrl, options.events ?? EVENTS);
  const agent = new Agent({ keepAlive: true });
  const headers = { authorization: `Bearer ${platform.token}`, 'content-type': 'application/json' };
  let serial = 0;
  const register = () => {
    serial += 1;
    const body = JSON.stringify({ name: `Bench ${serial} GmbH`, kind: 'customer', legalForm: 'legal' });
    return send(`${platform.url}/v1/accounts`, agent, headers, body);
  };
  const seconds = options.seconds ?? WINDOW_S;
  const window = async (): Promise<OpenLoopResult> => {
    await new Promise((done) => setTimeout(done, SETTLE_MS));
    return openLoop(COMMANDS_PER_SECOND, seconds, register);
  };
  try {
    await openLoop(COMMANDS_PER_SECOND, Math.min(WARM_UP_S, seconds), register);
    const results = await interleave<Window>(
      [
        { name: 'without', run: async () => ({ ...(await window()), rebuilt: 0 }) },
        {
          name: 'with',
          run: async () => {
            const rebuilding = await Rebuilding.start(platform);
            try {
              const result = await window();
              return { ...result, rebuilt: rebuilding.perSecond() };
            } finally {
              await rebuilding.stop();
            }
          },
        },
      ],
      options.rounds ?? ROUNDS,
    );
    return [finding(results.get('with') ?? [], results.get('without') ?? [], seconds)];
  } finally {
    agent.destroy();
    await platform.stop();
  }
}

function finding(braked: readonly Window[], alone: readonly Window[], seconds: number): Finding {
  const p99 = (windows: readonly Window[]) => summary(windows.map(({ p99Ms }) => p99Ms));
  const [ours, without] = [p99(braked), p99(alone)];
  const ratio = ours.median / without.median;
  const more = ours.median - without.median;
  const rate = summary(braked.map(({ rebuilt }) => rebuilt));
  const text = (windows: readonly Window[]) => {
    const { median, min, max } = p99(windows);
    const p50 = summary(windows.map(({ p50Ms }) => p50Ms)).median;
    return `p99 ${median.toFixed(1)} ms (${min.toFixed(1)}-${max.toFixed(1)}), p50 ${p50.toFixed(1)} ms`;
  };
  return {
    subject: `${COMMANDS_PER_SECOND} commands/s beside a rebuild of ${PROJECTION}, ${braked.length} windows of ${seconds} s each`,
    ours: `${text(braked)}; rebuilt ${Math.round(rate.median)} events/s (${Math.round(rate.min)}-${Math.round(rate.max)})`,
    against: `without ${text(alone)}`,
    ratio: `${ratio.toFixed(2)} ×, ${more >= 0 ? '+' : '−'}${Math.abs(more).toFixed(1)} ms`,
    goal: `≤ ${MAX_RATIO} × or ≤ +${MAX_MORE_MS} ms`,
    met: ratio <= MAX_RATIO || more <= MAX_MORE_MS,
  };
}

interface Status {
  readonly schema: string;
  readonly done: string;
  readonly caughtUp: boolean;
}

/** A rebuild that is begun again whenever it has reached the head. */
class Rebuilding {
  private readonly platform: BenchPlatform;
  private readonly begun = performance.now();
  private before = 0;
  private now = 0;
  private stopping = false;
  private looking: Promise<void> | undefined;

  private constructor(platform: BenchPlatform) {
    this.platform = platform;
  }

  static async start(platform: BenchPlatform): Promise<Rebuilding> {
    const rebuilding = new Rebuilding(platform);
    await rebuilding.again();
    rebuilding.looking = rebuilding.look();
    return rebuilding;
  }

  perSecond(): number {
    return ((this.before + this.now) * 1_000) / (performance.now() - this.begun);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.looking;
    await this.cancel();
  }

  private async look(): Promise<void> {
    while (!this.stopping) {
      const { done, caughtUp } = await asked<Status>(this.platform, 'GET', `/v1/platform/rebuilds/${PROJECTION}`);
      this.now = Number(done);
      if (caughtUp) {
        this.before += this.now;
        this.now = 0;
        await this.cancel();
        await this.again();
      }
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  }

  private async again(): Promise<void> {
    await asked(this.platform, 'POST', '/v1/platform/rebuilds', { projection: PROJECTION, reason: 'bench' });
  }

  private async cancel(): Promise<void> {
    await asked(this.platform, 'POST', `/v1/platform/rebuilds/${PROJECTION}/cancel`, { reason: 'bench' });
  }
}
