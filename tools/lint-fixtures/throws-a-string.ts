// as: libs/platform/feed/src/fixture.ts
// expect: @typescript-eslint/only-throw-error
export function fail(): never {
  throw 'no stack';
}
