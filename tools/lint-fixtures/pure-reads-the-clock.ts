// as: libs/orders/domain/src/fixture.ts
// expect: no-restricted-properties
export const now = () => Date.now();
