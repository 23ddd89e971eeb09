// as: libs/kernel/src/fixture.ts
// expect: @nx/enforce-module-boundaries
export * from '@kontor/orders-contracts';
