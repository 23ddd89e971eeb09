import { describe, expect, it } from '@jest/globals';
import { coverageDocument, provedIn } from './coverage-doc.mjs';

describe('what a test file proves', () => {
  it('is what the titles of its suites and tests name', () => {
    const source = `
      describe('orders', () => {
        it('refuses above the limit (O-12, P-03)', () => {});
        test(\`\${currency} rounds half even, P-04\`, async () => {});
      });
      describe('W-01', () => {});`;
    expect(provedIn('order.spec.ts', source)).toEqual([
      { id: 'O-12', title: 'refuses above the limit (O-12, P-03)' },
      { id: 'P-03', title: 'refuses above the limit (O-12, P-03)' },
      { id: 'P-04', title: '… rounds half even, P-04' },
      { id: 'W-01', title: 'W-01' },
    ]);
  });

  it('is also what the table of an each names', () => {
    const source = `it.each([['R-02', 1], ['R-03', 2]] as const)('ages %s', (id, days) => { note('R-09'); });`;
    expect(provedIn('ageing.spec.ts', source)).toEqual([
      { id: 'R-02', title: 'ages %s' },
      { id: 'R-03', title: 'ages %s' },
    ]);
  });

  it('is not what its bodies and comments mention', () => {
    expect(provedIn('order.spec.ts', `// O-12\nit('ships', () => { ship('O-12'); });`)).toEqual([]);
  });

  it('is in a scenario file every text', () => {
    const source = `export const scenarios = [{ title: 'X-06: seals a day', given: [] }];`;
    expect(provedIn('seal.scenarios.ts', source)).toEqual([{ id: 'X-06', title: 'X-06: seals a day' }]);
  });

  it('takes nothing for an id that only ends like one', () => {
    expect(provedIn('order.spec.ts', `it('SO-12, O-123 and o-12', () => {});`)).toEqual([]);
  });
});

describe('the coverage document', () => {
  const names = { 'A-01': 'accounts', 'O-02': 'prices' };

  it('lists the tests of each capability in order', () => {
    const text = coverageDocument(
      [
        { path: 'b.spec.ts', id: 'O-02', title: 'b | c' },
        { path: 'a.spec.ts', id: 'A-01', title: 'a' },
        { path: 'c.spec.ts', id: 'O-02', title: 'c' },
      ],
      names,
    );
    expect(text.split('\n').slice(4)).toEqual([
      '2 capabilities named by 3 tests, suites and scenarios.',
      '',
      '| capability | proved by |',
      '| --- | --- |',
      '| A-01: accounts | `a.spec.ts`: a |',
      '| O-02: prices | `b.spec.ts`: b \\| c<br>`c.spec.ts`: c |',
      '',
    ]);
  });

  it('refuses an id that stands for nothing', () => {
    expect(() => coverageDocument([{ path: 'a.spec.ts', id: 'A-99', title: 'a' }], names)).toThrow(
      'a.spec.ts names A-99',
    );
  });
});
