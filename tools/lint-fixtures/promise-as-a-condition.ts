// as: libs/platform/feed/src/fixture.ts
// expect: @typescript-eslint/no-misused-promises
export function ready(ask: () => Promise<boolean>): string {
  if (ask()) return 'always';
  return 'never';
}
