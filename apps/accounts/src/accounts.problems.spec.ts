import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { accountsProblems } from './accounts.problems.ts';

const DOMAIN = new URL('../../../libs/accounts/domain/src/', import.meta.url);

describe('problems of accounts', () => {
  it('X-07: every refusal of the domain has an HTTP status, and no other is listed', () => {
    const codes = readdirSync(DOMAIN, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('.spec.'))
      .flatMap((file) => [...readFileSync(new URL(file, DOMAIN), 'utf8').matchAll(/\brefuse\(\s*'(\w+)'/g)])
      .map((match) => match[1] as string);
    expect([...new Set(codes)].sort()).toEqual(Object.keys(accountsProblems).sort());
  });
});
