// as: libs/kernel/src/fixture.ts
// expect: @typescript-eslint/no-explicit-any
export const same = (value: any): unknown => value;
