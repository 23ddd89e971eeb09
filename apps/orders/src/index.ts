export { ordersService } from './orders.subscriptions.ts';
