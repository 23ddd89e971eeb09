// Four projects by file name, one run, one closing line:
//   unit   *.spec.ts             pure
//   int    *.int.spec.ts         one real dependency
//   kafka  *.kafka.int.spec.ts   a Kafka broker and PostgreSQL; left out as a whole where neither KAFKA_BROKERS nor Java 17 is
//   e2e    *.e2e.spec.ts and e2e/**   HTTP to read model
// A project's globalSetup runs only when some test of it was selected, so unit tests start no database.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { kafkaAvailable } from './tools/kafka/available.mjs';

// Tests read the golden data from here; suites that need it are called *.data.spec.ts, *.data.int.spec.ts or
// *.data.e2e.spec.ts and are left out as a whole where the data is not there (tools/test.mjs says so at the end).
process.env.KONTOR_DATA = resolve(import.meta.dirname, process.env.KONTOR_DATA || '../shared/data');
const withoutData = existsSync(process.env.KONTOR_DATA) ? [] : ['\\.data\\.(int\\.|e2e\\.)?spec\\.ts$'];

const common = {
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest'] },
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/\\.stryker-tmp/', '<rootDir>/\\.nx/', '<rootDir>/\\.kontor/'],
  injectGlobals: false,
};
const withDatabase = {
  globalSetup: '<rootDir>/tools/jest-pg-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest-pg-teardown.mjs',
};
const withBroker = {
  globalSetup: '<rootDir>/tools/kafka/jest-setup.mjs',
  globalTeardown: '<rootDir>/tools/kafka/jest-teardown.mjs',
};
const ofKafka = '\\.kafka\\.int\\.spec\\.ts$';
const ignore = ['/node_modules/', '<rootDir>/tools/lint-fixtures/', ...withoutData];

export default {
  // For the slowest machine that is shared by three suites; what waits says sooner what it waits for.
  testTimeout: 60_000,
  testSequencer: resolve(import.meta.dirname, 'tools/longest-first.mjs'),
  // Native ESM keeps every module of every test file in memory; a fresh worker now and then gives it back.
  workerIdleMemoryLimit: '1200MB',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: [...ignore, '\\.int\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$', '<rootDir>/e2e/'],
    },
    {
      ...common,
      ...withDatabase,
      displayName: 'int',
      testMatch: ['**/*.int.spec.ts'],
      testPathIgnorePatterns: [...ignore, ofKafka],
    },
    ...(kafkaAvailable()
      ? [
          {
            ...common,
            ...withBroker,
            displayName: 'kafka',
            testMatch: ['**/*.kafka.int.spec.ts'],
            testPathIgnorePatterns: ignore,
          },
        ]
      : []),
    {
      ...common,
      ...withDatabase,
      displayName: 'e2e',
      testMatch: ['**/*.e2e.spec.ts', '<rootDir>/e2e/**/*.spec.ts'],
      testPathIgnorePatterns: [...ignore, '\\.int\\.spec\\.ts$'],
    },
  ],
};
