// as: libs/orders/domain/src/fixture.ts
// expect: @nx/enforce-module-boundaries
export * from '@kontor/testing';
