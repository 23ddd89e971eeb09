import { expect, it } from '@jest/globals';
import { seedOfRun } from '@kontor/testing';
import type { Report } from './chaos/report.ts';
import { run } from './support/command-line.ts';

const CHAOS = ['--import', './tools/swc-hook.mjs', 'e2e/chaos/chaos.ts'];
const MINUTES = 0.25;
const DEADLINE_MS = 480_000;
const SEED = seedOfRun();

/** The long form of the fault tests, for a moment: that it runs, judges, and finds nothing. */
it(
  `fault rows 11, 12 and 17: a moment of chaos on the distributed platform leaves everything there once (seed ${SEED})`,
  async () => {
    const args = ['--seed', String(SEED), '--minutes', String(MINUTES), '--json'];
    const { code, stdout, stderr } = await run(process.execPath, [...CHAOS, ...args]).ended;
    if (stdout === '') throw new Error(`chaos ended with ${code}: ${stderr}`);
    const report = JSON.parse(stdout) as Report;
    expect(report.findings).toEqual([]);
    expect(code).toBe(0);
    expect(report.seed).toBe(SEED);
    expect(report.accepted).toBeGreaterThan(10);
    expect(Object.values(report.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  },
  DEADLINE_MS,
);
