import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { receivablesProblems } from './receivables.problems.ts';

const DOMAIN = join(import.meta.dirname, '../../../libs/receivables/domain/src');

/** Codes that the deciders and their refusals name: `refuse('Code', …)`. */
function codesOfTheDomain(): string[] {
  const files = readdirSync(DOMAIN, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
  );
  const codes = files.flatMap((file) =>
    [...readFileSync(join(DOMAIN, file), 'utf8').matchAll(/refuse\(\s*'(\w+)'/gu)].map((match) => match[1] ?? ''),
  );
  return [...new Set(codes)].sort();
}

describe('problems of receivables', () => {
  it('X-07: every refusal has its HTTP status, and no status stands for a refusal that is gone', () => {
    expect(Object.keys(receivablesProblems).sort()).toEqual(codesOfTheDomain());
  });
});
