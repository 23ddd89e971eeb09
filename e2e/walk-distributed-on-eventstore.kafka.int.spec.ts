import { randomUUID } from 'node:crypto';
import { afterAll, jest } from '@jest/globals';
import { eventStoreDbProcess } from '@kontor/testing';

// The same walk, word for word, on every service in a process of its own and the logs in EventStoreDB: that of EVENTSTORE_URL, else a double.
jest.setTimeout(240_000);
const given = process.env.EVENTSTORE_URL ?? '';
const double = given === '' ? await eventStoreDbProcess() : undefined;
afterAll(() => double?.stop());
Object.assign(process.env, {
  KONTOR_TEST_PLATFORM: 'distributed',
  KONTOR_TEST_EVENTSTORE: double?.url ?? given,
  KONTOR_EVENTSTORE_PREFIX: `walk-${randomUUID().slice(0, 8)}.`,
});
await import('./walk.e2e.spec.ts');
