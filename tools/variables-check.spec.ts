import { describe, expect, it } from '@jest/globals';
import { namesInterpolated, namesRead, variableFaults } from './variables-check.mjs';

describe('the check of the variables that documents name', () => {
  it('finds one that nobody reads, once per document, and takes no part of a name for a name', () => {
    const known = new Set(['KONTOR_URL', 'EVENTSTORE_URL']);
    const text =
      'Set `KONTOR_URL`, EVENTSTORE_URL, and KONTOR_EVENTSTORE_URL (`KONTOR_EVENTSTORE_URL=esdb://…`); KAFKA_HEAP_OPTS is not ours.';
    expect(variableFaults([{ path: 'README.md', text }], known)).toEqual([
      'README.md: names KONTOR_EVENTSTORE_URL, which nobody reads',
    ]);
    expect(variableFaults([{ path: 'README.md', text: 'KAFKA_BROKERS' }], known)).toEqual([
      'README.md: names KAFKA_BROKERS, which nobody reads',
    ]);
    expect(variableFaults([{ path: 'README.md', text: 'OTEL_TRACES_SAMPLER' }], known)).toEqual([
      'README.md: names OTEL_TRACES_SAMPLER, which nobody reads',
    ]);
  });

  it('knows what code reads, and what the compose file is told', () => {
    expect(namesRead("process.env.KONTOR_A ?? process.env['KONTOR_B_C'] ?? KONTOR_D")).toEqual([
      'KONTOR_A',
      'KONTOR_B_C',
    ]);
    expect(namesInterpolated(`password: $\{KONTOR_DB_PASSWORD:-kontor}`)).toEqual(['KONTOR_DB_PASSWORD']);
  });
});
