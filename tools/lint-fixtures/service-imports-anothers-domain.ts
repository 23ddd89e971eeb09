// as: apps/orders/src/fixture.ts
// expect: @nx/enforce-module-boundaries
export * from '@kontor/accounts-domain';
