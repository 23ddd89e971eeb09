// as: libs/orders/domain/src/fixture.ts
// expect: no-restricted-syntax
export const now = () => Date();
