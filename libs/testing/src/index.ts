export { testDatabase, type TestDatabase } from './pg.ts';
export { eventually } from './probe.ts';
export { given } from './given-when-then.ts';
