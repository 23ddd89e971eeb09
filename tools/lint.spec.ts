import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Outcome {
  readonly name: string;
  readonly as: string;
  readonly expected: string;
  readonly found: readonly { readonly rule: string; readonly message: string }[];
}

const run = spawnSync(process.execPath, [join(import.meta.dirname, 'lint-fixtures', 'run.mjs')], { encoding: 'utf8' });
if (run.status !== 0) throw new Error(`the fixtures could not be linted:\n${run.stderr}`);
const { results, configured } = JSON.parse(run.stdout) as { results: Outcome[]; configured: string[] };

describe('the lint of this repository', () => {
  it.each(results.map((outcome) => [outcome.name.replace(/\.ts$/, '').replaceAll('-', ' '), outcome] as const))(
    '%s',
    (_title, { expected, found }) => {
      const rules = [...new Set(found.map(({ rule }) => rule))];
      expect(rules).toEqual(expected === 'nothing' ? [] : [expected]);
    },
  );

  it('has a deliberate violation of every rule that is switched on', () => {
    const proved = new Set(results.map(({ expected }) => expected));
    expect(configured.filter((rule) => !proved.has(rule))).toEqual([]);
  });
});
