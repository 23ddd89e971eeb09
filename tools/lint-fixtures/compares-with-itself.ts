// as: libs/kernel/src/fixture.ts
// expect: no-self-compare
export const same = (value: number): boolean => value === value;
