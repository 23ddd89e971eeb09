export { ContractReader, type LogSource } from './contract-reader.ts';
export * from './errors.ts';
export { Feed, type FeedBatch, type FeedHead, type FeedOptions, type Watermark } from './feed.ts';
export { historyStream, type HistoryOptions } from './history.ts';
export { LogFeed } from './log-feed.ts';
export type { Contracted, Publication, PublishedSource } from './publication.ts';
