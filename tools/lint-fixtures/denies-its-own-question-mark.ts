// as: libs/kernel/src/fixture.ts
// expect: @typescript-eslint/no-non-null-asserted-optional-chain
export const lengthOf = (value?: { text: string }): string => value?.text!;
