// as: libs/kernel/src/fixture.ts
// expect: @typescript-eslint/ban-ts-comment
// @ts-ignore
export const text: string = 1;
