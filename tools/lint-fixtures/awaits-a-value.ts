// as: libs/platform/feed/src/fixture.ts
// expect: @typescript-eslint/await-thenable
export async function wait(milliseconds: number): Promise<void> {
  await milliseconds;
}
