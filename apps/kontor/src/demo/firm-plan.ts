import { addDays, type BusinessDate } from '@kontor/kernel';
import { type DealPlan, planDeals } from './deal-plan.ts';
import { Dice } from './dice.ts';
import { type IncidentPlan, planIncidents } from './incident-plan.ts';
import { COUNTRIES, FIRM_NAMES, FIRM_TRADES, LEGAL_FORMS, PEOPLE, PRODUCTS } from './names.ts';
import { type ClaimPlan, type OrderPlan, planClaims, planOrders } from './order-plan.ts';
import { planQuotes, type QuotePlan } from './quote-plan.ts';

const DAYS_OF_HISTORY = 730;
const REGIONS = ['North', 'South'] as const;

export interface FirmOrder {
  readonly seed: number;
  /** Number of accounts; everything else follows from it. */
  readonly size: number;
  /** The last day of the firm's two years. */
  readonly today: BusinessDate;
}

/** `key` names a thing within the plan and in the Idempotency-Keys of its commands. */
export interface StaffPlan {
  readonly key: string;
  readonly name: string;
  readonly position: string;
  readonly managerKey: string | null;
  readonly region: string | null;
}

export interface ProductPlan {
  readonly key: string;
  readonly sku: string;
  readonly name: string;
  readonly kind: 'goods' | 'service';
  readonly listPrice: number;
  readonly warrantyMonths: number | null;
}

export interface AccountPlan {
  readonly key: string;
  readonly name: string;
  readonly country: string;
  readonly region: string;
  readonly sector: string;
  readonly ownerKey: string;
  readonly contact: string;
  readonly registeredOn: BusinessDate;
  readonly paymentTermDays: number;
  readonly creditLimit: number;
  /** How the account pays: most do when they should, some late, a few hardly. */
  readonly habit: 'prompt' | 'late' | 'poor';
}

export interface FirmPlan extends FirmOrder {
  readonly begins: BusinessDate;
  readonly staff: readonly StaffPlan[];
  readonly products: readonly ProductPlan[];
  readonly accounts: readonly AccountPlan[];
  readonly deals: readonly DealPlan[];
  readonly orders: readonly OrderPlan[];
  readonly quotes: readonly QuotePlan[];
  /** By key of the delivery. */
  readonly incidents: ReadonlyMap<string, IncidentPlan>;
  readonly claims: readonly ClaimPlan[];
}

/** A firm with two years of history up to today. Pure: the same order is the same firm to the last payment. */
export function planFirm(order: FirmOrder): FirmPlan {
  const dice = new Dice(order.seed);
  const begins = addDays(order.today, -DAYS_OF_HISTORY);
  const staff = planStaff(order.size);
  const sellers = staff.filter(({ position }) => position === 'account manager');
  const products = planProducts(order.seed);
  const accounts = planAccounts(order, begins, sellers, dice);
  const orders = planOrders(order, accounts, products, dice);
  return {
    ...order,
    begins,
    staff,
    products,
    accounts,
    orders,
    deals: planDeals(order.today, accounts, products, orders, dice),
    claims: planClaims(order.today, orders, products, dice),
    quotes: planQuotes(order.today, accounts, orders),
    incidents: planIncidents(order.today, accounts, orders),
  };
}

/** Years of the plan with a price list each. */
export function priceYears({ begins, today }: FirmPlan): readonly number[] {
  const [first, last] = [Number(begins.slice(0, 4)), Number(today.slice(0, 4))];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function planStaff(size: number): StaffPlan[] {
  const name = (index: number) => PEOPLE[index % PEOPLE.length] ?? PEOPLE[0];
  const head: StaffPlan = {
    key: 'staff-head',
    name: name(0),
    position: 'head of sales',
    managerKey: null,
    region: null,
  };
  const managers = REGIONS.map((region, index) => ({
    key: `staff-manager-${index}`,
    name: name(1 + index),
    position: 'sales manager',
    managerKey: head.key,
    region,
  }));
  const count = Math.max(2, Math.min(50, Math.round(size / 8)));
  const sellers = Array.from({ length: count }, (_, index) => ({
    key: `staff-seller-${index}`,
    name: `${name(3 + index)}${index + 3 < PEOPLE.length ? '' : ` ${Math.floor((index + 3) / PEOPLE.length) + 1}`}`,
    position: 'account manager',
    managerKey: `staff-manager-${index % REGIONS.length}`,
    region: REGIONS[index % REGIONS.length] ?? null,
  }));
  return [head, ...managers, ...sellers];
}

function planProducts(seed: number): ProductPlan[] {
  return PRODUCTS.map(([name, listPrice, warrantyMonths], index) => ({
    key: `product-${index}`,
    sku: `D${seed}-${String(index + 1).padStart(3, '0')}`,
    name,
    kind: name.includes('visit') ? 'service' : 'goods',
    listPrice,
    warrantyMonths,
  }));
}

function planAccounts(
  { size }: FirmOrder,
  begins: BusinessDate,
  sellers: readonly StaffPlan[],
  dice: Dice,
): AccountPlan[] {
  return Array.from({ length: size }, (_, index) => {
    const stem = FIRM_NAMES[index % FIRM_NAMES.length] ?? FIRM_NAMES[0];
    const round = Math.floor(index / FIRM_NAMES.length);
    const [trade, sector] = FIRM_TRADES[(index + round) % FIRM_TRADES.length] ?? FIRM_TRADES[0];
    const again = Math.floor(round / FIRM_TRADES.length);
    const owner = sellers[index % sellers.length];
    const habits = dice.between(1, 100);
    return {
      key: `account-${index}`,
      name: `${stem} ${trade}${again === 0 ? '' : ` ${again + 1}`} ${dice.pick(LEGAL_FORMS)}`,
      country: dice.pick(COUNTRIES),
      region: owner?.region ?? REGIONS[0],
      sector,
      ownerKey: owner?.key ?? 'staff-head',
      contact: dice.pick(PEOPLE),
      registeredOn: addDays(begins, dice.between(0, 120)),
      paymentTermDays: dice.pick([14, 14, 30, 30, 45]),
      // One in twenty has hardly any credit: its larger orders are held.
      creditLimit: index % 20 === 7 ? 5_000 : 250_000,
      habit: habits <= 62 ? 'prompt' : habits <= 90 ? 'late' : 'poor',
    };
  });
}
