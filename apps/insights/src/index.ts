export { ANALYST_LIMITS, ANALYST_ROLE } from './analysts/analyst-roles.ts';
export { insightsService } from './insights.subscriptions.ts';
