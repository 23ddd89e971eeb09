// as: apps/orders/src/fixture.ts
// expect: @nx/enforce-module-boundaries
export * from '../../../libs/orders/domain/src/index.ts';
