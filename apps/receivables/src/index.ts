export { keepOutboxIn } from './receivables.config.ts';
export { receivablesService } from './receivables.subscriptions.ts';
