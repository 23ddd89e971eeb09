// as: libs/kernel/src/fixture.ts
// expect: @typescript-eslint/no-unnecessary-type-assertion
export const twice = (text: string): string => (text as string) + text;
