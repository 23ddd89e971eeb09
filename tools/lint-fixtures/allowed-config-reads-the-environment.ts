// as: apps/orders/src/fixture.config.ts
// expect: nothing
export const port = process.env['PORT'];
