export { accountsService } from './accounts.subscriptions.ts';
export { erasePersonalData } from './erasure/erasures.ts';
