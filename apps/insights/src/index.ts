export { insightsService } from './insights.subscriptions.ts';
