import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { waiting } from './waiting.ts';

describe('waiting for one answer at a terminal', () => {
  const written: string[] = [];
  const terminal = { write: (text: string) => written.push(text) };

  beforeEach(() => {
    written.length = 0;
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('says nothing of an answer that comes soon', async () => {
    const asked = new Promise((done) => setTimeout(() => done('soon'), 1_900));
    const answer = waiting('verifying', asked, terminal);
    await jest.advanceTimersByTimeAsync(1_900);
    expect([await answer, written]).toEqual(['soon', []]);
  });

  it('counts the seconds after the second one, and takes its line away', async () => {
    const asked = new Promise((done) => setTimeout(() => done('late'), 4_100));
    const answer = waiting('verifying', asked, terminal);
    await jest.advanceTimersByTimeAsync(4_100);
    expect(await answer).toBe('late');
    expect(written).toEqual(['\rverifying … 2 s', '\rverifying … 3 s', '\rverifying … 4 s', '\r\u001B[K']);
  });

  it('takes its line away also when the answer is a fault', async () => {
    const asked = new Promise((_, fail) => setTimeout(() => fail(new Error('gone')), 2_500));
    const answer = expect(waiting('verifying', asked, terminal)).rejects.toThrow('gone');
    await jest.advanceTimersByTimeAsync(2_500);
    await answer;
    expect(written).toEqual(['\rverifying … 2 s', '\r\u001B[K']);
  });
});
