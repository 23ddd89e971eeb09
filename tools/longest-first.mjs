// In which order Jest runs the suites. Left to itself it goes by the size of a file where it has no times of an earlier run,
// as in CI; and the longest suites are a few lines that start a whole platform: they came last, one beside idle workers.
import { statSync } from 'node:fs';

const OF_KAFKA = /\.kafka\.int\.spec\.ts$/;
const OF_PLATFORM = /\.e2e\.spec\.ts$|\.data\./;
/** Those that take less, the longest kind first. */
const SHORTER = [/[/\\]tools[/\\]/, /\.int\.spec\.ts$/, /./];

/** What Jest asks of a sequencer. */
export default class LongestFirst {
  /** @param {Iterable<{ path: string }>} tests */
  sort(tests) {
    const bySize = Array.from(tests, (test) => ({ test, size: statSync(test.path).size }))
      .sort((a, b) => b.size - a.size || (a.test.path < b.test.path ? -1 : 1))
      .map(({ test }) => test);
    const left = new Set(bySize);
    const taken = (kind) => {
      const found = bySize.filter((test) => left.has(test) && kind.test(test.path));
      for (const test of found) left.delete(test);
      return found;
    };
    return [...spread(taken(OF_KAFKA), taken(OF_PLATFORM)), ...SHORTER.flatMap(taken)];
  }

  allFailedTests(tests) {
    return tests;
  }

  shard(tests, { shardIndex, shardCount }) {
    return this.sort(tests).filter((_, index) => index % shardCount === shardIndex - 1);
  }

  /** Times of earlier runs are not asked for. */
  cacheResults() {}
}

/** The few evenly among the many: brokers and whole sets of processes are too much for two cores when they start side by side. */
function spread(few, many) {
  const placed = [
    ...few.map((test, index) => ({ test, at: index / few.length })),
    ...many.map((test, index) => ({ test, at: (index + 0.5) / many.length })),
  ];
  return placed.sort((a, b) => a.at - b.at).map(({ test }) => test);
}
