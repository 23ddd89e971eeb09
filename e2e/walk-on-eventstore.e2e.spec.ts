import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { eventStoreDbProcess } from '@kontor/testing';

// The same walk, word for word; only the configuration differs. The server is that of EVENTSTORE_URL, else a double as a process.
const given = process.env.EVENTSTORE_URL ?? '';
const double = given === '' ? await eventStoreDbProcess() : undefined;
afterAll(() => double?.stop());
Object.assign(process.env, {
  KONTOR_TEST_EVENTSTORE: double?.url ?? given,
  KONTOR_EVENTSTORE_PREFIX: `walk-${randomUUID().slice(0, 8)}.`,
});
await import('./walk.e2e.spec.ts');
