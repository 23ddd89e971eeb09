import { addDays, type BusinessDate, laterDate } from '@kontor/kernel';
import type { Dice } from './dice.ts';
import type { AccountPlan, ProductPlan } from './firm-plan.ts';
import { LOST_REASONS } from './names.ts';
import type { OrderPlan } from './order-plan.ts';

/** The open stages of the standard pipeline after the first, in which every deal begins. */
const STAGES = [
  'Preliminary talks',
  'Need clarified',
  'Individual offer',
  'Meeting',
  'Draft contract',
  'Disagreements settled',
] as const;

export interface DealPlan {
  readonly key: string;
  readonly title: string;
  /** Null: an enquiry whose account nobody knows yet; it waits in the queue. */
  readonly accountKey: string | null;
  readonly ownerKey: string;
  readonly productKey: string;
  readonly amount: number;
  readonly openedOn: BusinessDate;
  readonly expectedClose: BusinessDate;
  readonly stages: readonly { readonly stage: string; readonly date: BusinessDate }[];
  readonly end:
    | { readonly kind: 'won'; readonly date: BusinessDate; readonly orderKey: string }
    | {
        readonly kind: 'lost';
        readonly date: BusinessDate;
        readonly reason: string;
        readonly competitor: string | null;
      }
    | null;
}

/** Every third order was won as a deal; as many deals again were lost or are still open. */
export function planDeals(
  today: BusinessDate,
  accounts: readonly AccountPlan[],
  products: readonly ProductPlan[],
  orders: readonly OrderPlan[],
  dice: Dice,
): DealPlan[] {
  const accountOf = (key: string) => accounts.find((account) => account.key === key);
  const won = orders
    .filter((_order, index) => index % 3 === 0)
    .map((order, index) => {
      const line = order.lines[0];
      const product = products.find(({ key }) => key === line?.productKey);
      return planWon(`deal-won-${index}`, order, accountOf(order.accountKey), product, dice);
    });
  const others = accounts.flatMap((account, index) =>
    Array.from({ length: dice.between(1, 2) }, (_, round) =>
      planOther(today, `deal-${index}-${round}`, account, products, dice),
    ),
  );
  return [...won, ...others];
}

function planWon(
  key: string,
  order: OrderPlan,
  account: AccountPlan | undefined,
  product: ProductPlan | undefined,
  dice: Dice,
): DealPlan {
  const count = dice.between(2, STAGES.length);
  const daysPerStage = dice.between(3, 10);
  const openedOn = laterDate(account?.registeredOn ?? order.date, addDays(order.date, -daysPerStage * (count + 1)));
  return {
    key,
    title: `${product?.name ?? 'Order'} for ${account?.name ?? 'a client'}`,
    accountKey: order.accountKey,
    ownerKey: account?.ownerKey ?? 'staff-head',
    productKey: product?.key ?? 'product-0',
    amount: (product?.listPrice ?? 0) * (order.lines[0]?.quantity ?? 1),
    openedOn,
    expectedClose: addDays(order.date, dice.between(-10, 20)),
    stages: STAGES.slice(0, count).map((stage, index) => ({
      stage,
      date: laterDate(openedOn, addDays(order.date, -daysPerStage * (count - index))),
    })),
    end: { kind: 'won', date: order.date, orderKey: order.key },
  };
}

/** A deal that was lost some time ago, or one that is under way now. */
function planOther(
  today: BusinessDate,
  key: string,
  account: AccountPlan,
  products: readonly ProductPlan[],
  dice: Dice,
): DealPlan {
  const lost = dice.percent(50);
  const count = lost ? dice.between(1, 4) : dice.between(0, STAGES.length);
  const daysPerStage = dice.between(4, 16);
  const days = daysPerStage * (count + 1) + (lost ? dice.between(20, 560) : 0);
  const openedOn = laterDate(account.registeredOn, addDays(today, -days));
  const product = products[dice.between(0, products.length - 1)];
  const [reason, competitor] = dice.pick(LOST_REASONS);
  return {
    key,
    title: `${product?.name ?? 'Enquiry'} for ${account.name}`,
    accountKey: !lost && count === 0 && dice.percent(30) ? null : account.key,
    ownerKey: account.ownerKey,
    productKey: product?.key ?? 'product-0',
    amount: (product?.listPrice ?? 0) * dice.between(1, 6),
    openedOn,
    expectedClose: lost ? addDays(openedOn, 90) : addDays(today, dice.between(5, 120)),
    stages: STAGES.slice(0, count).map((stage, index) => ({
      stage,
      date: addDays(openedOn, daysPerStage * (index + 1)),
    })),
    end: lost ? { kind: 'lost', date: addDays(openedOn, daysPerStage * (count + 1)), reason, competitor } : null,
  };
}
