import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from '@kontor/testing/seeded';
import type { Wire } from '@kontor/testing/wire';
import type { Ground } from './ground.ts';
import { joinAndLeave } from './stranger.ts';

/** Between two faults it is left alone for up to this long: something is to be accepted in between. */
const LONGEST_CALM_MS = 6_000;
const SHORTEST_CALM_MS = 1_000;
const EVERYTHING_ONE_IN = 25;
const OUTAGE_MS = 2_000;
const LONGEST_MORE_MS = 6_000;
/** In a run that is longer, the broker is once away for so long and ten times the usual, in one of the first rounds. */
const LONG_RUN_MS = 240_000;
const LONG_OUTAGE_MS = 60_000;
const FIRST_ROUNDS = 8;
const BACK_WITHIN_MS = 90_000;
const POLL_MS = 100;

type Kind =
  | 'process killed'
  | 'process stalled'
  | 'process told to stop'
  | 'postgres killed'
  | 'postgres session killed'
  | 'postgres stalled'
  | 'connections cut'
  | 'wire silent'
  | 'answer lost'
  | 'broker killed'
  | 'broker stalled'
  | 'broker cut'
  | 'broker silent'
  | 'broker away for long'
  | 'stranger in a group'
  | 'everything killed';

/** As often as they are named: what happens more often in life is tried more often. */
const KINDS: readonly [Kind, ...Kind[]] = [
  ...['process killed', 'process killed', 'process killed', 'process stalled', 'postgres killed'],
  ...['postgres session killed', 'postgres stalled', 'connections cut', 'wire silent'],
  ...['answer lost', 'answer lost', 'broker killed', 'broker killed', 'broker stalled'],
  ...['broker cut', 'broker silent', 'stranger in a group', 'stranger in a group', 'process told to stop'],
] as [Kind, ...Kind[]];

/** A fault for which there is no victim just now: it was not made, and does not count. */
class NothingThere extends Error {}

/** Makes faults, one after the other or two at once, until the time is over; leaves everything as it was. */
export class Faults {
  readonly counts = new Map<string, number>();
  readonly findings: string[] = [];
  now = 'calm';

  constructor(
    private readonly ground: Ground,
    private readonly dice: Dice,
    private readonly say: (line: string) => void,
  ) {}

  get total(): number {
    return Array.from(this.counts.values()).reduce((sum, count) => sum + count, 0);
  }

  async make(until: number): Promise<void> {
    const isLong = until - Date.now() > LONG_RUN_MS;
    const longOutageIn = this.dice.int(FIRST_ROUNDS);
    for (let round = 0; Date.now() < until; round += 1) {
      await delay(SHORTEST_CALM_MS + this.dice.int(LONGEST_CALM_MS - SHORTEST_CALM_MS));
      const kinds = new Set([this.dice.pick(KINDS), ...(this.dice.once(3) ? [this.dice.pick(KINDS)] : [])]);
      // The supervisor takes all processes with it: nothing else is done to them meanwhile.
      if (this.dice.once(EVERYTHING_ONE_IN)) {
        kinds.clear();
        kinds.add('everything killed');
      }
      if (isLong && round === longOutageIn) {
        kinds.clear();
        kinds.add('broker away for long').add('process killed');
      }
      // PostgreSQL is one: two faults to it at once would undo each other.
      if ([...kinds].filter((kind) => kind.startsWith('postgres')).length > 1) continue;
      if ([...kinds].filter((kind) => kind.startsWith('broker')).length > 1) continue;
      this.now = [...kinds].join(' and ');
      // The dice are thrown before anything is awaited: the choices of a seed do not depend on the machine.
      await Promise.all([...kinds].map((kind) => this.#one(kind)));
      this.now = 'calm';
    }
    await this.#allUp();
  }

  async #one(kind: Kind): Promise<void> {
    const forMs = OUTAGE_MS + this.dice.int(LONGEST_MORE_MS);
    const which = this.dice.int(1_000);
    try {
      await this.#deeds[kind](forMs, which);
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    } catch (error) {
      if (error instanceof NothingThere) return;
      this.findings.push(`${kind} could not be made or undone: ${String(error)}`);
    }
  }

  readonly #deeds: { readonly [kind in Kind]: (forMs: number, which: number) => Promise<void> } = {
    'process killed': async (_forMs, which) => signal(this.#process(which), 'SIGKILL'),
    'process told to stop': async (_forMs, which) => signal(this.#process(which), 'SIGTERM'),
    'process stalled': (forMs, which) => stalled([this.#process(which)], forMs),
    'postgres killed': async (forMs) => {
      await this.ground.killPostgres();
      await delay(forMs);
      await this.ground.startPostgres();
    },
    'postgres session killed': async (_forMs, which) => {
      // Any child: a session, the writer of the log, the checkpointer. The server then ends all of them and recovers.
      const children = this.ground.postgresProcesses().slice(1);
      const child = children[which % children.length];
      if (child !== undefined) process.kill(child, 'SIGKILL');
    },
    'postgres stalled': (forMs) => stalled(this.ground.postgresProcesses(), forMs),
    'connections cut': async () => this.ground.wire.breakConnections(),
    'wire silent': (forMs) => silent(this.ground.wire, forMs),
    'broker cut': async () => this.ground.brokerWire.breakConnections(),
    'broker silent': (forMs) => silent(this.ground.brokerWire, forMs),
    'answer lost': async () => this.ground.wire.loseNextAnswerTo('kontor_append'),
    'broker killed': (forMs) => this.#withoutBroker(forMs),
    'broker away for long': (forMs) => this.#withoutBroker(LONG_OUTAGE_MS + 10 * forMs),
    'stranger in a group': async (forMs, which) => {
      if (!(await joinAndLeave(this.ground.brokers, which, forMs))) throw new NothingThere();
    },
    'everything killed': () => this.ground.restartPlatform(),
    'broker stalled': async (forMs) => {
      this.ground.broker.stall();
      await delay(forMs);
      this.ground.broker.resume();
    },
  };

  async #withoutBroker(forMs: number): Promise<void> {
    await this.ground.broker.kill();
    await delay(forMs);
    await this.ground.broker.start();
  }

  /** One of those that run at this moment. */
  #process(which: number): number {
    const pids = this.ground
      .platform()
      .running()
      .processes.flatMap(({ pid }) => (pid === null ? [] : [pid]));
    const pid = pids[which % pids.length];
    if (pid === undefined) throw new NothingThere();
    return pid;
  }

  async #allUp(): Promise<void> {
    const deadline = Date.now() + BACK_WITHIN_MS;
    for (;;) {
      const { processes } = this.ground.platform().running();
      const ready = (await this.ground.api.request('GET', '/health/ready'))?.status === 200;
      const down = processes.filter(({ state }) => state !== 'up');
      if (down.length === 0 && ready) return;
      if (Date.now() > deadline) {
        this.findings.push(`not up ${BACK_WITHIN_MS / 1_000} s after the last fault: ${JSON.stringify(down)}`);
        this.say(`not up: ${JSON.stringify(down)}`);
        return;
      }
      await delay(POLL_MS);
    }
  }
}

async function silent(wire: Wire, forMs: number): Promise<void> {
  const speak = wire.silence();
  await delay(forMs);
  speak();
}

async function stalled(pids: readonly number[], forMs: number): Promise<void> {
  for (const pid of pids) signal(pid, 'SIGSTOP');
  await delay(forMs);
  for (const pid of pids) signal(pid, 'SIGCONT');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime, which was the doing of another fault.
  }
}
