import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import LongestFirst from './longest-first.mjs';

const folder = mkdtempSync(join(tmpdir(), 'kontor-order-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Each a character longer than the one before. */
const suites = (...names: string[]) =>
  names.map((name, index) => {
    const path = join(folder, name);
    writeFileSync(path, 'x'.repeat(index));
    return { path };
  });

it('suites that start brokers are spread among those that start a platform; what is pure comes last, larger files first', () => {
  const tests = suites(
    ...['a.spec.ts', 'b.spec.ts', 'c.int.spec.ts', 'd.kafka.int.spec.ts', 'e.e2e.spec.ts', 'f.data.int.spec.ts'],
    ...['g.e2e.spec.ts', 'h.e2e.spec.ts', 'i.kafka.int.spec.ts'],
  );
  const sorted = new LongestFirst().sort(tests).map(({ path }) => basename(path));
  expect(sorted).toEqual([
    ...['i.kafka.int.spec.ts', 'h.e2e.spec.ts', 'g.e2e.spec.ts'],
    ...['d.kafka.int.spec.ts', 'f.data.int.spec.ts', 'e.e2e.spec.ts'],
    ...['c.int.spec.ts', 'b.spec.ts', 'a.spec.ts'],
  ]);
});
