// as: libs/kernel/src/fixture.ts
// expect: @typescript-eslint/no-unused-vars
const forgotten = 1;
export {};
