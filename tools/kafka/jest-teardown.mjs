import teardownDatabase from '../jest-pg-teardown.mjs';

export default async function teardown() {
  const kafka = globalThis.kontorTestKafka;
  globalThis.kontorTestKafka = undefined;
  delete process.env.KONTOR_TEST_KAFKA;
  await kafka?.stop();
  await teardownDatabase();
}
