import { describe, expect, it } from '@jest/globals';
import { planOf, scoreOf, scoresByFile, survivorsOf, verdict } from './score.mjs';

const mutant = (fileName: string, line: number, status: string, column = 1) => ({
  fileName,
  status,
  location: { start: { line, column }, end: { line, column: column + 1 } },
});

describe('the score of a mutation run', () => {
  it('counts a mutant that runs too long as noticed, and one that cannot run not at all', () => {
    const mutants = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError', 'CompileError', 'Ignored'].map(
      (status, line) => mutant('a.ts', line, status),
    );
    expect(scoreOf(mutants)).toEqual({ noticed: 2, counted: 4, score: 50 });
  });

  it('is rounded down, so that 100 means all', () => {
    const mutants = Array.from({ length: 30_000 }, (_none, line) =>
      mutant('a.ts', line, line === 0 ? 'Survived' : 'Killed'),
    );
    expect(scoreOf(mutants).score).toBe(99.99);
    expect(scoreOf([])).toEqual({ noticed: 0, counted: 0, score: 100 });
  });

  it('names survivors in the order of the source, and files with the worst first', () => {
    const mutants = [
      mutant('b.ts', 1, 'Survived'),
      mutant('a.ts', 9, 'NoCoverage', 7),
      mutant('a.ts', 9, 'Survived', 3),
      mutant('a.ts', 2, 'Killed'),
      mutant('c.ts', 1, 'Ignored'),
    ];
    expect(survivorsOf(mutants)).toEqual([mutants[2], mutants[1], mutants[0]]);
    expect(Object.entries(scoresByFile(mutants))).toEqual([
      ['b.ts', { noticed: 0, counted: 1, score: 0 }],
      ['a.ts', { noticed: 1, counted: 3, score: 33.33 }],
    ]);
  });
});

describe('the floor of a library', () => {
  it('fails a run below it, and a library without one', () => {
    expect(verdict('libs/kernel', 89.99, 90)).toEqual({
      held: false,
      sentence: 'libs/kernel: 89.99 % is below its floor of 90 %.',
    });
    expect(verdict('libs/kernel', 90, undefined)).toEqual({
      held: false,
      sentence: 'libs/kernel: 90 %, and no floor yet. --raise writes it.',
      raise: 90,
    });
  });

  it('can rise when a run is above it, and never falls', () => {
    expect(verdict('libs/kernel', 90, 90)).toEqual({ held: true, sentence: 'libs/kernel: 90 %, which is its floor.' });
    expect(verdict('libs/kernel', 90.01, 90)).toEqual({
      held: true,
      sentence: 'libs/kernel: 90.01 %, so the floor of 90 % can rise (--raise).',
      raise: 90.01,
    });
  });
});

describe('what is asked for', () => {
  const libraries = ['libs/kernel', 'libs/orders/domain'];

  it('is every library, one of them, or a part of one', () => {
    expect(planOf([], libraries)).toEqual(libraries.map((library) => ({ library, parts: [] })));
    expect(planOf(['./libs/kernel/'], libraries)).toEqual([{ library: 'libs/kernel', parts: [] }]);
    expect(planOf(['libs/orders/domain/src/lines', 'libs/kernel', 'libs/kernel/src/money.ts'], libraries)).toEqual([
      { library: 'libs/kernel', parts: [] },
      { library: 'libs/orders/domain', parts: ['libs/orders/domain/src/lines'] },
    ]);
  });

  it('is refused when it lies in none of them', () => {
    expect(() => planOf(['libs/kernels'], libraries)).toThrow(
      'libs/kernels is in none of: libs/kernel, libs/orders/domain.',
    );
  });
});
