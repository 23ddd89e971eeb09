import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environmentWith } from '../kontor.config.ts';
import { isUp } from './parent.ts';

const ROOT = new URL('../../../../', import.meta.url);
const HOOK = './tools/swc-hook.mjs';
/** Waits before a dead process is started again: doubled from the first to the last. */
const FIRST_WAIT_MS = 250;
const LAST_WAIT_MS = 5_000;
/** Who has lived this long was well: deaths before that do not count any more. */
const WELL_AFTER_MS = 30_000;
/** So many deaths in a row, and the process is given up. */
const DEATHS_IN_A_ROW = 6;
/** A child that has not ended by itself within this is killed. */
const ENDED_WITHIN_MS = 20_000;

export interface ChildOptions {
  /** Unique, as `receivables-2`. */
  readonly name: string;
  /** The service that it runs, or `origin`. */
  readonly role: string;
  /** From the root of the repository. */
  readonly script: string;
  readonly nodeFlags: readonly string[];
  readonly environment: { readonly [name: string]: string };
  /** Takes what it prints. */
  readonly logFile: string;
}

export type ChildState = 'starting' | 'up' | 'waiting' | 'stopped' | 'given-up';

/** One process, as it is at the moment. */
export interface ChildLine {
  readonly name: string;
  readonly role: string;
  readonly state: ChildState;
  /** Null while there is none. */
  readonly pid: number | null;
  readonly url: string | null;
  /** How often it was started again. */
  readonly restarts: number;
  readonly logFile: string;
}

export interface SupervisorEvents {
  /** A process died although nobody had asked it to. */
  readonly died: (line: ChildLine, how: string, againInMs: number | null) => void;
  /** A process is up again after a death. */
  readonly revived: (line: ChildLine) => void;
  /** Anything about any process has changed. */
  readonly changed: (lines: readonly ChildLine[]) => void;
  /** A process died several times in a row. */
  readonly givenUp: (line: ChildLine) => void;
}

/**
 * Keeps processes running. Each has a channel to this one and ends when it closes, so that none is left behind even when
 * this one is killed; each is its own process group, so that Ctrl-C reaches this one alone, which ends them in order.
 */
export class Supervisor {
  private readonly children = new Map<string, Child>();

  constructor(private readonly events: SupervisorEvents) {}

  get lines(): readonly ChildLine[] {
    return Array.from(this.children.values(), (child) => child.line);
  }

  /** Starts one more; resolves when it is up for the first time. Throws when it is given up before that. */
  async start(options: ChildOptions): Promise<ChildLine> {
    const child = new Child(options, this.events, () => this.events.changed(this.lines));
    this.children.set(options.name, child);
    await child.start();
    return child.line;
  }

  /** SIGTERM to all of these at once, SIGKILL to who takes too long. */
  async stop(names: readonly string[] = [...this.children.keys()]): Promise<void> {
    await Promise.all(names.map(async (name) => this.children.get(name)?.stop()));
  }
}

class Child {
  private process: ChildProcess | undefined;
  private state: ChildState = 'starting';
  private url: string | null = null;
  private starts = 0;
  private deathsInARow = 0;
  private startedAt = 0;
  private readonly stopping = new AbortController();
  private readonly firstUp = Promise.withResolvers<void>();
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: ChildOptions,
    private readonly events: SupervisorEvents,
    private readonly changed: () => void,
  ) {}

  get line(): ChildLine {
    const { name, role, logFile } = this.options;
    const pid = this.process?.pid ?? null;
    return { name, role, state: this.state, pid, url: this.url, restarts: Math.max(0, this.starts - 1), logFile };
  }

  async start(): Promise<void> {
    this.launch();
    await this.firstUp.promise;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const { process: child } = this;
    if (child === undefined) this.become('stopped');
    else {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), ENDED_WITHIN_MS);
      await this.ended;
      clearTimeout(timer);
    }
    this.firstUp.reject(new Error(`${this.options.name} was stopped`));
  }

  private launch(): void {
    const { nodeFlags, script, environment, logFile } = this.options;
    const log = openSync(logFile, 'a', 0o600);
    const child = spawn(process.execPath, [...nodeFlags, '--import', HOOK, script], {
      cwd: fileURLToPath(ROOT),
      env: environmentWith(environment),
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    this.process = child;
    this.starts += 1;
    this.startedAt = performance.now();
    this.become('starting');
    child.on('message', (message: unknown) => {
      if (!isUp(message)) return;
      this.url = message.url;
      this.become('up');
      this.firstUp.resolve();
      if (this.starts > 1) this.events.revived(this.line);
    });
    this.ended = new Promise((done) => {
      child.once('error', () => {
        // What could not be started has not ended either.
        if (child.pid === undefined) this.died('it could not be started', done);
      });
      child.once('exit', (code, signal) => this.died(signal === null ? `exit code ${code}` : signal, done));
    });
  }

  private died(how: string, done: () => void): void {
    this.process = undefined;
    done();
    if (this.stopping.signal.aborted) return this.become('stopped');
    this.deathsInARow = performance.now() - this.startedAt > WELL_AFTER_MS ? 1 : this.deathsInARow + 1;
    if (this.deathsInARow >= DEATHS_IN_A_ROW) {
      this.become('given-up');
      this.events.died(this.line, how, null);
      this.firstUp.reject(new Error(`${this.options.name} died ${this.deathsInARow} times in a row`));
      return this.events.givenUp(this.line);
    }
    const wait = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.deathsInARow - 1));
    this.become('waiting');
    this.events.died(this.line, how, wait);
    delay(wait, undefined, { signal: this.stopping.signal }).then(
      () => this.launch(),
      () => this.become('stopped'),
    );
  }

  private become(state: ChildState): void {
    this.state = state;
    if (state !== 'up') this.url = null;
    this.changed();
  }
}
