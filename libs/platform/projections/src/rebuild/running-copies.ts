import type { ProjectionRunner } from '../projection-runner.ts';
import type { CopyRow } from './registry.ts';

interface RunningCopy {
  readonly row: CopyRow;
  readonly skips: number;
  readonly views: boolean;
  readonly runner: ProjectionRunner;
  running: boolean;
}

/** The copies of one projection that have a runner in this process, by schema, and which of them it folds. */
export class RunningCopies {
  readonly #copies = new Map<string, RunningCopy>();

  find(wanted: (row: CopyRow) => boolean): ProjectionRunner | undefined {
    return [...this.#copies.values()].find(({ row }) => wanted(row))?.runner;
  }

  /** Whether this process folds that copy now. */
  folds(schema: string): boolean {
    return this.#copies.get(schema)?.running === true;
  }

  /**
   * Makes the copies those of the registry. One that has got the views, or lost them, or has other skips than before, gets a
   * new runner from `made`; `runs` says which are to be folded here.
   */
  async become(
    rows: readonly CopyRow[],
    skips: number,
    made: (row: CopyRow, views: boolean) => ProjectionRunner,
    runs: (row: CopyRow) => Promise<boolean>,
  ): Promise<void> {
    for (const [schema, copy] of this.#copies) {
      const row = rows.find((one) => one.schema === schema);
      if (row !== undefined && copy.skips === skips && copy.views === isLive(row)) continue;
      await stopped(copy);
      this.#copies.delete(schema);
    }
    for (const row of rows) {
      const views = isLive(row);
      const known = this.#copies.get(row.schema);
      const copy = {
        ...{ row, views, skips },
        runner: known?.runner ?? made(row, views),
        running: known?.running ?? false,
      };
      this.#copies.set(row.schema, copy);
      const folded = await runs(row);
      if (folded && !copy.running) {
        await copy.runner.start();
        // Only now: what could not be started is started at the next look.
        copy.running = true;
      } else if (!folded) await stopped(copy);
    }
  }

  /** Ends all folds; the copies stay known. */
  async stop(): Promise<void> {
    await Promise.all(Array.from(this.#copies.values(), stopped));
  }
}

function isLive({ state }: CopyRow): boolean {
  return state === 'live';
}

async function stopped(copy: RunningCopy): Promise<void> {
  copy.running = false;
  await copy.runner.stop();
}
