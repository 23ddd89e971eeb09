// as: libs/platform/feed/src/fixture.ts
// expect: @typescript-eslint/no-floating-promises
export function publish(send: () => Promise<void>): void {
  send();
}
