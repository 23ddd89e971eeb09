import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from '@kontor/testing/seeded';
import type { Api } from './api.ts';
import type { Journal, Outcome } from './journal.ts';

const SETUP_WITHIN_MS = 120_000;
const UNIT_PRICE_MINOR = 10_000;
/** Small enough that some orders are refused their credit. */
const LIMIT_MINOR = 3_000_000;
const MOST_PIECES = 4;
const LONGEST_TERM_DAYS = 90;

export interface Order {
  readonly orderId: string;
  readonly accountId: string;
  readonly amountMinor: number;
}
export interface Delivery {
  readonly orderId: string;
  readonly serials: readonly string[];
}

/** The firm that the writers run: what they did, as far as it was accepted. */
export interface Books {
  /** By id, the name. */
  readonly accounts: Map<string, string>;
  /** By account the payment terms, in the order in which they were accepted. */
  readonly terms: Map<string, number[]>;
  readonly orders: Map<string, Order>;
  readonly deliveries: Delivery[];
}

/** One who works alone on an account: what he does with it has an order. */
interface Desk {
  readonly name: string;
  readonly accountId: string;
  /** Orders that may be confirmed by now. */
  readonly waiting: string[];
  serial: number;
}

export class Firm {
  readonly books: Books = { accounts: new Map(), terms: new Map(), orders: new Map(), deliveries: [] };
  readonly #desks: Desk[] = [];
  #productId = '';

  constructor(
    private readonly api: Api,
    private readonly journal: Journal,
    private readonly dice: Dice,
    /** Keeps the keys and names of one run apart from those of another. */
    private readonly run: string,
  ) {}

  /** A product, and an account with a credit limit for each writer, known to every service. */
  async setUp(writers: number): Promise<void> {
    const soon = AbortSignal.timeout(SETUP_WITHIN_MS);
    this.#productId = await this.#made('product', '/v1/products', {
      ...{ sku: `S-${this.run}`, name: 'Machine', serialTracked: true, warrantyMonths: 24 },
      listPrice: { amountMinor: UNIT_PRICE_MINOR, currency: 'EUR' },
    });
    for (let index = 0; index < writers; index += 1) {
      const name = `Desk ${this.run} ${index} GmbH`;
      const accountId = await this.#made(`desk ${index}`, '/v1/accounts', { name, taxId: null, currency: 'EUR' });
      this.books.accounts.set(accountId, name);
      this.#desks.push({ name: `${this.run}-${index}`, accountId, waiting: [], serial: 0 });
      // Receivables and orders hear of the account a moment later.
      const limit = { accountId, limit: { amountMinor: LIMIT_MINOR, currency: 'EUR' } };
      await this.#until(`limit ${index}`, '/v1/credit-limits', limit, soon);
    }
    for (const desk of this.#desks)
      while ((await this.#order(desk, soon)).kind !== 'accepted') {
        soon.throwIfAborted();
        await delay(500);
      }
    this.journal.refused.clear();
    this.journal.begin();
  }

  /** Works at one desk until it is told to stop, and then until the outcome of its last command is known. */
  async work(desk: number, stop: AbortSignal, giveUp: AbortSignal, pauseMs: number): Promise<void> {
    const own = this.#desks[desk];
    if (own === undefined) throw new RangeError(`there is no desk ${desk}`);
    while (!stop.aborted) {
      const what = this.dice.int(10);
      if (what < 3) await this.#account(own, giveUp);
      else if (what < 5) await this.#term(own, giveUp);
      else if (what < 8) await this.#order(own, giveUp);
      else await this.#deliver(own, giveUp);
      if (pauseMs > 0) await delay(this.dice.int(2 * pauseMs));
    }
  }

  async #account(desk: Desk, giveUp: AbortSignal): Promise<void> {
    const name = `Client ${desk.name} ${this.#next()} AG`;
    const outcome = await this.#send('account', '/v1/accounts', { name, taxId: null }, giveUp);
    if (outcome.kind === 'accepted') this.books.accounts.set(outcome.receipt.id ?? '', name);
  }

  async #term({ accountId }: Desk, giveUp: AbortSignal): Promise<void> {
    const before = this.books.terms.get(accountId)?.at(-1) ?? 0;
    // Never the same again, which would change nothing and leave no event.
    const paymentTermDays = (before + 1 + this.dice.int(LONGEST_TERM_DAYS - 1)) % LONGEST_TERM_DAYS;
    const { kind } = await this.#send('terms', `/v1/accounts/${accountId}/terms`, { paymentTermDays }, giveUp);
    if (kind !== 'accepted') return;
    this.books.terms.set(accountId, [...(this.books.terms.get(accountId) ?? []), paymentTermDays]);
  }

  async #order(desk: Desk, giveUp: AbortSignal): Promise<Outcome> {
    const pieces = 1 + this.dice.int(MOST_PIECES);
    const { accountId } = desk;
    const unitPrice = { value: UNIT_PRICE_MINOR, scale: 2 };
    const lines = [{ productId: this.#productId, quantity: { value: pieces, scale: 0 }, unitPrice }];
    const outcome = await this.#send('order', '/v1/orders', { accountId, currency: 'EUR', lines }, giveUp);
    if (outcome.kind !== 'accepted') return outcome;
    const orderId = outcome.receipt.id ?? '';
    this.books.orders.set(orderId, { orderId, accountId, amountMinor: pieces * UNIT_PRICE_MINOR });
    desk.waiting.push(orderId);
    return outcome;
  }

  /** One piece of an order that was placed before; refused while its credit is not there. */
  async #deliver(desk: Desk, giveUp: AbortSignal): Promise<void> {
    const orderId = desk.waiting.splice(this.dice.int(desk.waiting.length), 1)[0];
    if (orderId === undefined) return;
    desk.serial += 1;
    const serials = [`SN-${desk.name}-${desk.serial}`];
    const lines = [{ lineId: 1, quantity: { value: 1, scale: 0 }, serials }];
    const { kind } = await this.#send('delivery', `/v1/orders/${orderId}/deliveries`, { lines }, giveUp);
    if (kind === 'accepted') this.books.deliveries.push({ orderId, serials });
  }

  #count = 0;
  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  #send(what: string, path: string, body: object, giveUp: AbortSignal): Promise<Outcome> {
    return this.journal.send({ key: `${this.run}:${what}:${this.#next()}`, path, body }, giveUp);
  }

  async #made(what: string, path: string, body: object): Promise<string> {
    return this.#until(what, path, body, AbortSignal.timeout(SETUP_WITHIN_MS));
  }

  async #until(what: string, path: string, body: object, soon: AbortSignal): Promise<string> {
    for (;;) {
      const outcome = await this.#send(what, path, body, soon);
      if (outcome.kind === 'accepted') return outcome.receipt.id ?? '';
      if (soon.aborted) throw new Error(`the set-up failed at ${what}: ${JSON.stringify(outcome)}`);
      await delay(500);
    }
  }
}
