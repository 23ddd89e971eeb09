// as: libs/kernel/src/fixture.ts
// expect: @nx/enforce-module-boundaries
export { v5 } from 'uuid';
