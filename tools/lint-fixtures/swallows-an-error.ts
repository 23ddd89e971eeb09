// as: libs/platform/feed/src/fixture.ts
// expect: no-empty
export function quiet(work: () => void): void {
  try {
    work();
  } catch {}
}
