import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** Linux says times in ticks of a hundredth of a second. */
const TICKS_PER_SECOND = 100;

/** CPU seconds of a process so far, user and system, those of its ended children included. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the process, in parentheses, may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number) as [number, number, number, number];
  return (user + system + childUser + childSystem) / TICKS_PER_SECOND;
}

/** CPU seconds of the processes that this one has started and that have ended. */
export function endedChildrenCpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

/** CPU seconds of a PostgreSQL server so far: its first process and those that it started, also the ended ones. */
export async function serverCpuSeconds(port: number): Promise<number> {
  const processes = new Map<number, number>();
  let server: number | undefined;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8');
      const stat = await readFile(`/proc/${name}/stat`, 'utf8');
      processes.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      if (/postgres\0/.test(command) && command.includes(`port=${port}\0`)) server = Number(name);
    } catch {
      // It ended between the two looks.
    }
  }
  if (server === undefined) throw new Error(`there is no PostgreSQL on port ${port}`);
  let seconds = await cpuSeconds(server);
  for (const [pid, parent] of processes) {
    if (parent !== server) continue;
    seconds += await cpuSeconds(pid).catch(() => 0);
  }
  return seconds;
}

/** Resident memory of a process now, MB. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** Looks at a process's memory again and again until it is told to stop. */
export class MemoryWatch {
  private readonly samples: number[] = [];
  private readonly watching: Promise<void>;
  private stopped = false;

  constructor(
    private readonly pid: number,
    private readonly everyMs = 50,
  ) {
    this.watching = this.watch();
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      this.samples.push(await residentMb(this.pid));
      await new Promise((done) => setTimeout(done, this.everyMs));
    }
  }

  async stop(): Promise<{ readonly peakMb: number; readonly lastQuarterToFirst: number }> {
    this.stopped = true;
    await this.watching;
    const quarter = Math.max(1, Math.floor(this.samples.length / 4));
    const first = Math.max(...this.samples.slice(0, quarter));
    const last = Math.max(...this.samples.slice(-quarter));
    return { peakMb: Math.max(...this.samples), lastQuarterToFirst: last / first };
  }
}

/** What a process that has nothing to do rests at: the lowest of some seconds. */
export async function idleMb(pid: number, forMs = 4_000): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + forMs; performance.now() < end;) {
    lowest = Math.min(lowest, await residentMb(pid));
    await new Promise((done) => setTimeout(done, 100));
  }
  return lowest;
}
