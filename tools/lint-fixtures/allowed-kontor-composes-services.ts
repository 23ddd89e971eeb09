// as: apps/kontor/src/fixture.ts
// expect: nothing
export * as orders from '@kontor/app-orders';
export * as insights from '@kontor/app-insights';
