import { addDays, addMonths, type BusinessDate, daysBetween, earlierDate } from '@kontor/kernel';
import type { Dice } from './dice.ts';
import type { AccountPlan, FirmOrder, ProductPlan } from './firm-plan.ts';
import { COMPLAINTS } from './names.ts';

export interface DeliveryPlan {
  readonly key: string;
  readonly date: BusinessDate;
  readonly lines: readonly {
    readonly lineId: number;
    readonly quantity: number;
    readonly serials: readonly string[];
  }[];
  readonly payment: PaymentPlan;
}

/** How the invoice of a delivery is paid, counted from its due date. Null: not, or not yet. */
export interface PaymentPlan {
  readonly daysAfterDue: number | null;
  /** Percent of the invoice. */
  readonly share: number;
  readonly disputed: boolean;
}

export interface OrderPlan {
  readonly key: string;
  readonly accountKey: string;
  readonly date: BusinessDate;
  readonly promisedDate: BusinessDate;
  readonly lines: readonly {
    readonly productKey: string;
    readonly quantity: number;
    readonly discountPercent: number;
  }[];
  readonly deliveries: readonly DeliveryPlan[];
}

export interface ClaimPlan {
  readonly key: string;
  readonly serial: string;
  readonly incidentDate: BusinessDate;
  readonly description: string;
  /** Parts and labour in major units; null: still open. */
  readonly repair: { readonly parts: number; readonly labour: number; readonly date: BusinessDate } | null;
}

const CLAIMS_PER_ORDER = 0.1;

export function planOrders(
  { seed, today }: FirmOrder,
  accounts: readonly AccountPlan[],
  products: readonly ProductPlan[],
  dice: Dice,
): OrderPlan[] {
  return accounts.flatMap((account) => {
    const days = daysBetween(account.registeredOn, today);
    return Array.from({ length: dice.between(2, 5) }, (_, index): OrderPlan => {
      const key = `${account.key}-order-${index}`;
      const date = addDays(account.registeredOn, dice.between(10, days - 1));
      const first = dice.between(0, products.length - 1);
      const lines = [first, (first + 3) % products.length].slice(0, dice.between(1, 2)).map((product) => ({
        productKey: `product-${product}`,
        quantity: dice.between(1, 4),
        discountPercent: dice.pick([0, 0, 0, 5, 10]),
      }));
      const promisedDate = addDays(date, 14);
      return {
        key,
        accountKey: account.key,
        date,
        promisedDate,
        lines,
        deliveries: planDeliveries({ key, date, lines, account }, `SN${seed}`, products, dice).filter(
          (delivery) => delivery.date <= today,
        ),
      };
    });
  });
}

interface Ordered {
  readonly key: string;
  readonly date: BusinessDate;
  readonly lines: OrderPlan['lines'];
  readonly account: AccountPlan;
}

/** One delivery, or two halves of it. */
function planDeliveries(
  order: Ordered,
  serialPrefix: string,
  products: readonly ProductPlan[],
  dice: Dice,
): DeliveryPlan[] {
  const inParts = dice.percent(25);
  const first = addDays(order.date, dice.between(3, 18));
  const dates = inParts ? [first, addDays(first, dice.between(7, 21))] : [first];
  const deliveries = dates.map((date, part): DeliveryPlan => {
    const key = `${order.key}-delivery-${part}`;
    const lines = order.lines.map(({ productKey, quantity }, index) => {
      const half = Math.floor(quantity / 2);
      const share = inParts ? (part === 0 ? quantity - half : half) : quantity;
      const tracked = products.some((product) => product.key === productKey && product.warrantyMonths !== null);
      const place = key.replaceAll(/[a-z]+-/g, '');
      const serial = (unit: number) => `${serialPrefix}-${place}-${index + 1}-${unit + 1}`;
      return {
        lineId: index + 1,
        quantity: share,
        serials: tracked ? Array.from({ length: share }, (_, unit) => serial(unit)) : [],
      };
    });
    return {
      key,
      date,
      lines: lines.filter(({ quantity }) => quantity > 0),
      payment: planPayment(order.account.habit, dice),
    };
  });
  return deliveries.filter(({ lines }) => lines.length > 0);
}

function planPayment(habit: AccountPlan['habit'], dice: Dice): PaymentPlan {
  const disputed = dice.percent(6);
  if (habit === 'prompt') return { daysAfterDue: dice.between(-12, 1), share: 100, disputed };
  if (habit === 'late') return { daysAfterDue: dice.between(-3, 35), share: dice.percent(10) ? 60 : 100, disputed };
  const never = dice.percent(20);
  return { daysAfterDue: never ? null : dice.between(10, 75), share: dice.percent(30) ? 50 : 100, disputed };
}

/** Claims about delivered units, most within their warranty. */
export function planClaims(
  today: BusinessDate,
  orders: readonly OrderPlan[],
  products: readonly ProductPlan[],
  dice: Dice,
): ClaimPlan[] {
  const units = orders.flatMap((order) =>
    order.deliveries.flatMap(({ date, lines }) =>
      lines.flatMap(({ lineId, serials }) => {
        const productKey = order.lines[lineId - 1]?.productKey;
        const months = products.find(({ key }) => key === productKey)?.warrantyMonths ?? 0;
        return serials.map((serial) => ({ serial, delivered: date, ends: addMonths(date, months) }));
      }),
    ),
  );
  const old = units.filter(({ delivered }) => daysBetween(delivered, today) > 40);
  const count = Math.min(old.length, Math.ceil(orders.length * CLAIMS_PER_ORDER));
  return Array.from({ length: count }, (_, index): ClaimPlan => {
    const unit = old[Math.floor((index * old.length) / count)];
    if (unit === undefined) throw new RangeError('there are fewer units than claims');
    const age = daysBetween(unit.delivered, today);
    const incidentDate = addDays(unit.delivered, dice.between(5, age - 20));
    const covered = incidentDate <= unit.ends;
    return {
      key: `claim-${index}`,
      serial: unit.serial,
      incidentDate,
      description: dice.pick(COMPLAINTS),
      repair:
        covered && dice.percent(70)
          ? {
              parts: dice.between(20, 400),
              labour: dice.between(60, 300),
              date: earlierDate(today, addDays(incidentDate, dice.between(3, 15))),
            }
          : null,
    };
  });
}
