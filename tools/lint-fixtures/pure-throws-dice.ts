// as: libs/kernel/src/fixture.ts
// expect: no-restricted-properties
export const roll = () => Math.random();
