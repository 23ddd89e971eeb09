// as: e2e/fixture.e2e.spec.ts
// expect: no-restricted-syntax
import { fit } from '@jest/globals';

fit('is the only one that is run', () => undefined);
