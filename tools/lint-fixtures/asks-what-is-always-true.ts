// as: libs/kernel/src/fixture.ts
// expect: no-constant-binary-expression
export const empty = (values: string[]): boolean => values === [];
