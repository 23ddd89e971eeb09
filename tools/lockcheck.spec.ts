import { describe, expect, it } from '@jest/globals';
import { lockFaults } from './lockcheck.mjs';

describe('the check of package-lock.json', () => {
  it('finds an optional platform package that the lock lacks', () => {
    const lock = {
      packages: {
        '': {},
        'node_modules/swc': { optionalDependencies: { 'swc-linux': '1.0.0', 'swc-darwin': '1.0.0' } },
        'node_modules/swc-linux': {},
      },
    };
    expect(lockFaults(lock)).toEqual(['swc-darwin is missing, wanted by node_modules/swc']);
  });

  it('looks where Node looks: beside the parent, then upwards', () => {
    const lock = {
      packages: {
        'node_modules/a/node_modules/@s/b': { optionalDependencies: { near: '1', middle: '1', far: '1', none: '1' } },
        'node_modules/a/node_modules/@s/b/node_modules/near': {},
        'node_modules/a/node_modules/middle': {},
        'node_modules/far': {},
        'node_modules/c/node_modules/none': {},
      },
    };
    expect(lockFaults(lock)).toEqual(['none is missing, wanted by node_modules/a/node_modules/@s/b']);
  });

  it('refuses a lock that names a registry, and allows links into the workspace', () => {
    const lock = {
      packages: {
        'node_modules/a': { resolved: 'https://registry.example/a.tgz' },
        'node_modules/@kontor/kernel': { resolved: 'libs/kernel', link: true },
      },
    };
    expect(lockFaults(lock)).toEqual(['node_modules/a names where it came from: https://registry.example/a.tgz']);
  });
});
