// as: libs/kernel/src/fixture.ts
// expect: no-restricted-imports
export { readFileSync } from 'node:fs';
