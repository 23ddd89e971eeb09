// as: libs/orders/contracts/src/fixture.ts
// expect: no-restricted-imports
export { join } from 'path';
