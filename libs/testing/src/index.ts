export { testDatabase, type TestDatabase } from './pg.ts';
export { eventually } from './probe.ts';
export { given } from './given-when-then.ts';
export {
  type HttpReply,
  idempotencyKey,
  type PlatformStart,
  type RequestOptions,
  startPlatform,
  type TestPlatform,
} from './platform.ts';
export { feedContract, type FeedUnderTest, note, notesPublication, notesSource, stored, whisper } from './feed-contract.ts';
export { MemoryLog } from './feed-contract-log.ts';
