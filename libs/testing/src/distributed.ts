import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { testKafka } from './kafka/kafka.ts';
import type { TestPlatform } from './platform.ts';
import { eventually } from './probe.ts';
import { type PlatformStart, startProgram } from './program.ts';

const UP_WITHIN_MS = 180_000;
const DOWN_WITHIN_MS = 60_000;
const RESTARTED_WITHIN_MS = 60_000;

/** One process of the distributed platform, as its supervisor writes it down. */
export interface ProcessLine {
  /** `accounts`, `receivables-2`, `origin`. */
  readonly name: string;
  /** The service, or `origin`. */
  readonly role: string;
  readonly state: 'starting' | 'up' | 'waiting' | 'stopped' | 'given-up';
  readonly pid: number | null;
  readonly url: string | null;
  readonly restarts: number;
  readonly logFile: string;
}

export interface RunningProcesses {
  /** The process that starts and watches all others. */
  readonly supervisor: number;
  readonly kafka: { readonly brokers: readonly string[]; readonly pid: number | null };
  readonly processes: readonly ProcessLine[];
}

export interface DistributedStart extends PlatformStart {
  /** `own`: a broker that the platform starts for itself, and that ends with it. Default: that of the test run, with topics of its own. */
  readonly kafka?: 'own';
}

export interface TestDistributed extends TestPlatform {
  /** What runs at this moment. */
  running(): RunningProcesses;
  process(name: string): ProcessLine;
  /** SIGKILL to one process; resolves with its successor, once that is up. */
  killProcess(name: string): Promise<ProcessLine>;
  /** SIGKILL to one process; whoever wants to see it come back waits for `restarted`. Returns the line that it had. */
  strike(name: string): ProcessLine;
  restarted(before: ProcessLine): Promise<ProcessLine>;
}

/** The distributed platform as `npm run start:distributed` starts it, on a fresh database of the test server. */
export async function startDistributed(start: DistributedStart = {}): Promise<TestDistributed> {
  const program = await startProgram(
    {
      what: 'the distributed platform',
      main: 'apps/kontor/src/distributed.main.ts',
      upWithinMs: UP_WITHIN_MS,
      downWithinMs: DOWN_WITHIN_MS,
      env: (folder) => kafkaOf(start, folder),
    },
    start,
  );
  const { folder, database } = program;
  const running = () => JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8')) as RunningProcesses;

  const platform: TestDistributed = {
    ...program,
    running,
    process(name) {
      const found = running().processes.find((line) => line.name === name);
      if (found === undefined) throw new Error(`there is no process ${name}`);
      return found;
    },
    strike(name) {
      const line = platform.process(name);
      if (line.pid === null) throw new Error(`${name} does not run at the moment`);
      process.kill(line.pid, 'SIGKILL');
      return line;
    },
    restarted: (before) =>
      eventually(
        `${before.name} is up again`,
        () => {
          const line = platform.process(before.name);
          return line.state === 'up' && line.pid !== before.pid && line;
        },
        RESTARTED_WITHIN_MS,
      ),
    killProcess: (name) => platform.restarted(platform.strike(name)),
    async dispose() {
      await platform.stop();
      await allGone(running());
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return platform;
}

/** The topics of one platform are its own, and found again by who starts it anew. */
function kafkaOf(start: DistributedStart, folder: string): { readonly [name: string]: string } {
  if (start.kafka === 'own') return { KAFKA_BROKERS: '' };
  return { KAFKA_BROKERS: testKafka().brokers.join(','), KONTOR_KAFKA_TOPIC_PREFIX: `test${folder.slice(-6)}` };
}

/** Processes whose supervisor was killed end by themselves; nobody takes their database away before. */
async function allGone({ processes }: RunningProcesses): Promise<void> {
  await eventually('all processes have ended', () => processes.every(({ pid }) => !isAlive(pid)), DOWN_WITHIN_MS);
}

function isAlive(pid: number | null): boolean {
  if (pid === null) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
