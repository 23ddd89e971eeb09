// as: libs/kernel/src/fixture.ts
// expect: @typescript-eslint/require-array-sort-compare
export const ascending = (values: number[]): number[] => values.sort();
