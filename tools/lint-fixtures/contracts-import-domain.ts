// as: libs/orders/contracts/src/fixture.ts
// expect: @nx/enforce-module-boundaries
export * from '@kontor/orders-domain';
