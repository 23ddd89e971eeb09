import { existsSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { FirmOrder } from '../demo/firm-plan.ts';
import { DEMO_SEED, DEMO_SIZE } from '../kontor.config.ts';
import type { DataFolder } from './data-folder.ts';
import type { Embedded } from './start.ts';

const FILE = 'demo.json';
/** At its first start the platform itself records a few events: pipelines, policies. */
const FIRST_EVENTS = 200;

/** Written before the first command of the demo firm and once more when it is complete. */
interface DemoState extends FirmOrder {
  readonly complete: boolean;
}

/**
 * The demo firm that is still to be built here: the one that an interrupted start had begun, on the very same day; a new
 * one where nobody has recorded anything yet; otherwise none.
 */
export async function demoToBuild(
  folder: DataFolder,
  today: string,
  nobodyHasActed: () => Promise<boolean>,
): Promise<FirmOrder | undefined> {
  const begun = stateIn(folder);
  if (begun !== undefined) {
    const { complete, ...order } = begun;
    return complete ? undefined : order;
  }
  return (await nobodyHasActed()) ? { seed: DEMO_SEED, size: DEMO_SIZE, today } : undefined;
}

export async function noteDemo(folder: DataFolder, order: FirmOrder, complete: boolean): Promise<void> {
  const file = folder.file(FILE);
  const state: DemoState = { ...order, complete };
  await writeFile(`${file}.new`, `${JSON.stringify(state)}\n`);
  await rename(`${file}.new`, file);
}

function stateIn(folder: DataFolder): DemoState | undefined {
  const file = folder.file(FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoState) : undefined;
}

/** Asked of the logs themselves: read models may still be behind them. */
export async function nobodyHasActed({ platform }: Pick<Embedded, 'platform'>): Promise<boolean> {
  for (const { store } of platform.services) {
    const { events, atHead } = await store.readAll({ after: 0n, limit: FIRST_EVENTS });
    if (!atHead || events.some(({ metadata }) => metadata.origin !== 'process')) return false;
  }
  return true;
}
