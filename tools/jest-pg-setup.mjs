// Jest's globalSetup for the tests that need a database: one server for the whole run, its URL in KONTOR_TEST_PG.
// Each test file makes and drops a database of its own. An address given from outside is used as it is.
import { startPgServer } from './pg-server.mjs';

export default async function setup() {
  if (process.env.KONTOR_TEST_PG) return;
  const server = await startPgServer();
  process.env.KONTOR_TEST_PG = server.url;
  globalThis.kontorTestPg = server;
}
