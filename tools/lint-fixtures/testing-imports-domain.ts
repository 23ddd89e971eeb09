// as: libs/testing/src/fixture.ts
// expect: @nx/enforce-module-boundaries
export * from '@kontor/orders-domain';
