import { SingleBar } from 'cli-progress';
import type { ApiClient } from '../cli/api-client.ts';
import { buildFirm } from './build-firm.ts';
import { type FirmOrder, type FirmPlan, planFirm } from './firm-plan.ts';

export interface DemoReport {
  readonly seed: number;
  readonly size: number;
  readonly today: string;
  readonly accounts: number;
  readonly deals: number;
  readonly orders: number;
  readonly claims: number;
  readonly notices: number;
  readonly seconds: number;
}

/** Plans and builds a firm, with a progress bar where there is a terminal. */
export async function buildDemo(
  api: ApiClient,
  order: FirmOrder,
  options: { readonly currency: string; readonly showProgress: boolean },
): Promise<DemoReport> {
  const plan = planFirm(order);
  const startedAt = performance.now();
  const bar = options.showProgress
    ? new SingleBar({
        format: 'demo firm [{bar}] {percentage} % · {phase}',
        stream: process.stderr,
        clearOnComplete: true,
      })
    : undefined;
  bar?.start(commandsOf(plan), 0, { phase: '' });
  try {
    const { notices } = await buildFirm(api, plan, {
      currency: options.currency,
      progress: (phase, done) => bar?.update(done, { phase }),
    });
    return {
      ...order,
      accounts: plan.accounts.length,
      deals: plan.deals.length,
      orders: plan.orders.length,
      claims: plan.claims.length,
      notices,
      seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    };
  } finally {
    bar?.stop();
  }
}

/** About how many requests the plan takes: held orders and what is not due yet make it fewer. */
function commandsOf({ staff, products, accounts, deals, orders, claims, quotes, incidents }: FirmPlan): number {
  const stages = deals.reduce((sum, { stages: entered, end }) => sum + 1 + entered.length + (end === null ? 0 : 1), 0);
  const deliveries = orders.reduce((sum, order) => sum + order.deliveries.length, 0);
  return (
    3 * quotes.length +
    incidents.size +
    staff.length +
    products.length +
    4 * accounts.length +
    stages +
    orders.length +
    2 * deliveries +
    3 * claims.length
  );
}
