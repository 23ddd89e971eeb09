export { testDatabase, type TestDatabase } from './pg.ts';
export { eventually } from './probe.ts';
