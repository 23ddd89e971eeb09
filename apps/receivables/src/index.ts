export { receivablesService } from './receivables.subscriptions.ts';
