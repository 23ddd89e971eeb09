// as: apps/orders/src/fixture.ts
// expect: no-restricted-syntax
export const port = process.env['PORT'];
