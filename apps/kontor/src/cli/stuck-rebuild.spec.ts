import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Command } from 'commander';
import type { CliContext } from './context.ts';

jest.unstable_mockModule('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    jest.advanceTimersByTime(ms);
    return Promise.resolve();
  },
}));
const { addRebuildCommands } = await import('./rebuild-commands.ts');

beforeAll(() => {
  jest.useFakeTimers();
});
afterAll(() => {
  jest.useRealTimers();
});

it('X-03: a rebuild that gets no further is not waited for without end: its fault is said', async () => {
  const rebuild = { state: 'building', done: '7', total: '9', caughtUp: false, error: 'no codec knows this event' };
  const answer = async () => Promise.resolve(rebuild);
  const program = new Command();
  addRebuildCommands(program, {
    json: () => true,
    api: () => ({ get: answer, post: answer }),
  } as unknown as CliContext);
  const waited = program.parseAsync(['rebuild', 'pipeline'], { from: 'user' });
  await expect(waited).rejects.toThrow('pipeline gets no further: no codec knows this event.');
});
