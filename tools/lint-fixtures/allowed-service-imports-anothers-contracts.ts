// as: apps/orders/src/fixture.ts
// expect: nothing
export * as own from '@kontor/orders-domain';
export * as others from '@kontor/accounts-contracts';
export * as store from '@kontor/event-store';
