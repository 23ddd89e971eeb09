// as: libs/kernel/src/fixture.ts
// expect: eqeqeq
export const same = (a: string, b: string): boolean => a == b;
