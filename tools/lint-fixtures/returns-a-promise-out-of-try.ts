// as: libs/platform/feed/src/fixture.ts
// expect: @typescript-eslint/return-await
export async function guarded(send: () => Promise<void>): Promise<void> {
  try {
    return send();
  } catch {
    throw new Error('never caught here');
  }
}
