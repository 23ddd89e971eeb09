import { jest } from '@jest/globals';

// The same walk, word for word, on every service in a process of its own.
jest.setTimeout(240_000);
Object.assign(process.env, { KONTOR_TEST_PLATFORM: 'distributed' });
await import('./walk.e2e.spec.ts');
