// as: libs/kernel/src/fixture.ts
// expect: prefer-const
let one = 1;
export const two = one + one;
