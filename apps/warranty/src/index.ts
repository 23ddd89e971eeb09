export { warrantyService } from './warranty.subscriptions.ts';
