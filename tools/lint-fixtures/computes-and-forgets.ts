// as: libs/kernel/src/fixture.ts
// expect: @typescript-eslint/no-unused-expressions
export function check(value: number): void {
  value === 1;
}
