import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { startDistributed } from './distributed.ts';
import { type PlatformStart, type Program, startProgram } from './program.ts';
import { memoryFlagsOfStart } from './start-flags.ts';

const UP_WITHIN_MS = 60_000;
/** The demo firm is built first: seconds, but of a machine that other suites share. */
const UP_WITH_DEMO_WITHIN_MS = 240_000;
const DOWN_WITHIN_MS = 30_000;

export interface TestPlatform extends Program {
  /** Removes database and folder; stops first where it still runs. */
  dispose(): Promise<void>;
}

/**
 * The real platform as a process of its own, on a fresh database of the test server. A suite that runs again on the
 * distributed set-up says so by KONTOR_TEST_PLATFORM, and is otherwise the same.
 */
export async function startPlatform(start: PlatformStart = {}): Promise<TestPlatform> {
  if (process.env.KONTOR_TEST_PLATFORM === 'distributed') return startDistributed(start);
  const program = await startProgram(
    {
      what: 'the platform',
      main: 'apps/kontor/src/main.ts',
      flags: memoryFlagsOfStart(),
      upWithinMs: start.empty === false ? UP_WITH_DEMO_WITHIN_MS : UP_WITHIN_MS,
      downWithinMs: DOWN_WITHIN_MS,
    },
    start,
  );
  return {
    ...program,
    async dispose() {
      await program.stop();
      await program.database.drop();
      await rm(program.folder, { recursive: true, force: true });
    },
  };
}

/** A key that makes a command repeatable. */
export function idempotencyKey(): { 'idempotency-key': string } {
  return { 'idempotency-key': randomUUID() };
}
