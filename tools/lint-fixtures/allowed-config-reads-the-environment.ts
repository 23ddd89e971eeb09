// as: apps/orders/src/orders.config.ts
// expect: nothing
export const port = process.env['PORT'];
