// as: libs/kernel/src/fixture.ts
// expect: @typescript-eslint/no-base-to-string
export const print = (value: { amountMinor: number }): string => `${value}`;
