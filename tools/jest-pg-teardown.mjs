export default async function teardown() {
  const server = globalThis.kontorTestPg;
  if (server === undefined) return;
  globalThis.kontorTestPg = undefined;
  delete process.env.KONTOR_TEST_PG;
  await server.stop();
}
