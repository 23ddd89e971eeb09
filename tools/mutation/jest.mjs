// Jest as `npm run mutation -- --jest` uses it: the unit tests of one library, whose folder run.mjs adds as `roots`.
import { root } from '../source-files.mjs';
import { fileOfPackage } from './packages.mjs';

export default {
  rootDir: root,
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.(data|int|e2e)\\.spec\\.ts$'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest'] },
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
  moduleNameMapper: Object.fromEntries(
    Object.entries(fileOfPackage).map(([name, file]) => [`^${name}$`, `<rootDir>/${file}`]),
  ),
  injectGlobals: false,
};
