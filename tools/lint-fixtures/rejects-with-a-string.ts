// as: libs/platform/feed/src/fixture.ts
// expect: @typescript-eslint/prefer-promise-reject-errors
export const failed = (): Promise<never> => Promise.reject('no stack');
