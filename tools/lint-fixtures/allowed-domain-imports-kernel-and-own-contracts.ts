// as: libs/orders/domain/src/fixture.ts
// expect: nothing
export * from '@kontor/kernel';
export * as contracts from '@kontor/orders-contracts';
