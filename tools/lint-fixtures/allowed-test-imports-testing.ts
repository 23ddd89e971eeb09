// as: libs/orders/domain/src/fixture.spec.ts
// expect: nothing
export * as testing from '@kontor/testing';
export { test } from '@jest/globals';
