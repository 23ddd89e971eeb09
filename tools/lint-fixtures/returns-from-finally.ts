// as: libs/platform/feed/src/fixture.ts
// expect: no-unsafe-finally
export function lost(work: () => number): number {
  try {
    return work();
  } finally {
    return 0;
  }
}
