// as: libs/kernel/src/fixture.ts
// expect: no-template-curly-in-string
export const stream = 'order-${id}';
