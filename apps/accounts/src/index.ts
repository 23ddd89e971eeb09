export { accountsService } from './accounts.subscriptions.ts';
