import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from './api.ts';
import type { Books } from './firm.ts';
import type { Journal } from './journal.ts';

export const SERVICES = ['accounts', 'orders', 'receivables', 'warranty'] as const;
const QUIET_WITHIN_MS = 180_000;
const VERIFY_WITHIN_MS = 300_000;
const POLL_MS = 500;
const SHOWN = 5;

export interface Published {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly position: string;
  readonly partition: number;
  readonly previousposition: string;
  readonly origin: string;
  readonly commandid: string;
  readonly revision: number | string;
  readonly data: { readonly [field: string]: unknown };
}

interface Subscription {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly reads: string;
  readonly error: string | null;
  readonly lagEvents: string | null;
  readonly parked: number;
}
interface Status {
  readonly services: readonly {
    readonly name: string;
    readonly head: string;
    readonly subscriptions: readonly Subscription[];
  }[];
}

/**
 * The oracle of every fault test: exactly what was accepted is stored, in order; it had each effect in the other services
 * once; the read models are the pure fold of the logs. Gives what does not hold. Nobody but the writers of the firm may work on
 * the platform: whatever else people did there is too much.
 */
export class Oracle {
  readonly findings: string[] = [];
  readonly #events = new Map<string, readonly Published[]>();

  constructor(
    private readonly api: Api,
    private readonly books: Books,
    private readonly journal: Pick<Journal, 'accepted'>,
    private readonly log: (line: string) => void = () => undefined,
  ) {}

  /** What is published of a service, from the beginning; once it was judged. */
  eventsOf(service: string): readonly Published[] {
    return this.#events.get(service) ?? [];
  }

  async judge(): Promise<readonly string[]> {
    const projections = await this.#quiet();
    for (const service of SERVICES) this.#events.set(service, await this.#history(service));
    this.#commands();
    this.#accounts();
    this.#orders();
    this.#deliveries();
    await this.#exposures();
    await this.#seals();
    for (const name of projections) await this.#verify(name);
    return this.findings;
  }

  /** Everybody is at the head, and the heads do not move any more. */
  async #quiet(): Promise<readonly string[]> {
    const deadline = Date.now() + QUIET_WITHIN_MS;
    let before = '';
    for (;;) {
      const reply = await this.api.request('GET', '/v1/platform/status');
      const status = reply?.status === 200 ? (reply.body as Status) : undefined;
      const lines = status?.services.flatMap(({ subscriptions }) => subscriptions) ?? [];
      const behind = lines.filter(({ lagEvents, kind, state }) => {
        const waits = kind === 'process' && state === 'standing-by';
        return lagEvents !== '0' || !(state === 'running' || waits);
      });
      const heads = JSON.stringify(status?.services.map(({ name, head }) => [name, head]));
      if (status !== undefined && behind.length === 0 && heads === before) {
        const parked = lines.filter((line) => line.parked > 0);
        this.#expectNone('subscriptions with something parked', parked.map(described));
        return [...new Set(lines.filter(({ kind }) => kind === 'projection').map(({ name }) => name))];
      }
      before = behind.length === 0 ? heads : '';
      if (Date.now() > deadline) {
        this.#expectNone(
          `subscriptions that are not at the head after ${QUIET_WITHIN_MS / 1000} s`,
          status === undefined ? [`no status: ${reply?.status} ${JSON.stringify(reply?.body)}`] : behind.map(described),
        );
        return [...new Set(lines.filter(({ kind }) => kind === 'projection').map(({ name }) => name))];
      }
      await delay(POLL_MS);
    }
  }

  async #history(service: string): Promise<readonly Published[]> {
    const text = await this.api.must<string>('GET', `/v1/history/${service}`, undefined, VERIFY_WITHIN_MS);
    const events = text
      .split('\n')
      .filter((line) => line.startsWith('{"event"'))
      .map((line) => (JSON.parse(line) as { event: Published }).event);
    const last = new Map<number, string>();
    const revisions = new Map<string, bigint>();
    const ids = new Set<string>();
    const wrong: string[] = [];
    let position = 0n;
    for (const event of events) {
      const { subject, partition } = event;
      const revision = BigInt(event.revision);
      if (ids.has(event.id)) wrong.push(`${event.id} is there twice`);
      if (BigInt(event.position) <= position) wrong.push(`${event.id} lies at ${event.position}, behind ${position}`);
      if (revision <= (revisions.get(subject) ?? -1n)) wrong.push(`${subject} has ${revision} after a later revision`);
      if (event.previousposition !== (last.get(partition) ?? '0')) wrong.push(`${event.id} names another predecessor`);
      ids.add(event.id);
      position = BigInt(event.position);
      revisions.set(subject, revision);
      last.set(partition, event.position);
    }
    this.#expectNone(`events of ${service} out of order`, wrong);
    this.log(`${service}: ${events.length} published events`);
    return events;
  }

  /** The last event of each accepted command lies where its receipt says, and there are no other commands of people. */
  #commands(): void {
    const found = SERVICES.flatMap((service) => {
      const last = new Map<string, string>();
      for (const { origin, commandid, position } of this.eventsOf(service))
        if (origin === 'person') last.set(commandid, `${service}:${position}`);
      return [...last.values()];
    });
    this.#expectSame(
      'commands: accepted = stored, each once and where its receipt says',
      Array.from(this.journal.accepted.values(), ({ receipt }) => receipt.consistencyToken),
      found,
    );
  }

  #accounts(): void {
    const registered = this.#of('accounts', 'account-registered');
    this.#expectSame(
      'accounts: accepted = stored, each once',
      [...this.books.accounts].map(([id, name]) => `${id} ${name}`),
      registered.map(({ data }) => `${String(data['accountId'])} ${String(data['name'])}`),
    );
    const stored = new Map<string, number[]>();
    for (const { data } of this.#of('accounts', 'account-terms-set')) {
      const id = String(data['accountId']);
      stored.set(id, [...(stored.get(id) ?? []), Number(data['paymentTermDays'])]);
    }
    for (const id of new Set([...this.books.terms.keys(), ...stored.keys()])) {
      const [days, found] = [this.books.terms.get(id) ?? [], stored.get(id) ?? []];
      if (days.join() !== found.join())
        this.findings.push(`terms of ${id} in the order accepted: ${days.join()}; stored: ${found.join()}`);
    }
  }

  #orders(): void {
    const ids = [...this.books.orders.keys()];
    this.#expectSame('orders: accepted = stored, each once', ids, this.#of('orders', 'order-placed').map(orderIdOf));
    const decided = [
      ...this.#of('receivables', 'credit-reserved').map((event) => ({ event, then: 'confirmed' })),
      ...this.#of('receivables', 'credit-refused').map((event) => ({ event, then: 'held' })),
    ];
    this.#expectSame(
      'credit: decided once for each order',
      ids,
      decided.map(({ event }) => orderIdOf(event)),
    );
    this.#expectSame(
      'orders: confirmed or held once, as the credit was decided',
      decided.map(({ event, then }) => `${orderIdOf(event)} ${then}`),
      ['confirmed', 'held'].flatMap((then) =>
        this.#of('orders', `order-${then}`).map((event) => `${orderIdOf(event)} ${then}`),
      ),
    );
  }

  #deliveries(): void {
    const accepted = this.books.deliveries.map(({ orderId, serials }) => `${orderId} ${serials.join()}`);
    const recorded = this.#of('orders', 'delivery-recorded');
    const told = (event: Published) => {
      const lines = event.data['lines'] as readonly { readonly serials: readonly string[] }[];
      return `${orderIdOf(event)} ${lines.flatMap(({ serials }) => serials).join()}`;
    };
    this.#expectSame('deliveries: accepted = stored, each once', accepted, recorded.map(told));
    const ids = new Set(recorded.map(({ data }) => String(data['deliveryId'])));
    for (const [service, type] of [
      ['receivables', 'invoice-drafted'],
      ['warranty', 'unit-registered'],
    ] as const) {
      this.#expectSame(
        `${type}: once for each delivery`,
        [...ids],
        this.#of(service, type).map(({ data }) => String(data['deliveryId'])),
      );
    }
  }

  /** Every piece costs the same whether it is reserved, delivered or invoiced: the exposure is the sum of what was reserved. */
  async #exposures(): Promise<void> {
    const reserved = new Set(this.#of('receivables', 'credit-reserved').map(orderIdOf));
    const sums = new Map<string, number>();
    for (const { orderId, accountId, amountMinor } of this.books.orders.values())
      if (reserved.has(orderId)) sums.set(accountId, (sums.get(accountId) ?? 0) + amountMinor);
    for (const [accountId, sum] of sums) {
      const { items } = await this.api.must<{ items: readonly { readonly id: string }[] }>(
        'GET',
        `/v1/ledgers?accountId=${accountId}`,
      );
      const ledger = await this.api.must<{ exposure: { total: { amountMinor: number } } }>(
        'GET',
        `/v1/ledgers/${items[0]?.id}`,
      );
      const { amountMinor } = ledger.exposure.total;
      if (amountMinor !== sum || items.length !== 1)
        this.findings.push(
          `exposure of ${accountId} is ${amountMinor} (${items.length} ledgers), reserved were ${sum}`,
        );
    }
  }

  async #seals(): Promise<void> {
    const text = await this.api.must<string>('GET', '/v1/platform/verification', undefined, VERIFY_WITHIN_MS);
    for (const line of text.split('\n').filter((one) => one.startsWith('{"log"'))) {
      const { log } = JSON.parse(line) as { log: { service: string; verified: string; broken: unknown } };
      if (log.broken !== null) this.findings.push(`seals of ${log.service}: ${JSON.stringify(log.broken)}`);
    }
  }

  async #verify(projection: string): Promise<void> {
    const { comparison } = await this.api.must<{ comparison: { equal: boolean } }>(
      'POST',
      `/v1/platform/projections/${projection}/verify`,
      {},
      VERIFY_WITHIN_MS,
    );
    this.log(`${projection}: ${comparison.equal ? 'equals its fold' : 'DIFFERS'}`);
    if (!comparison.equal)
      this.findings.push(`${projection} is not the fold of its history: ${JSON.stringify(comparison).slice(0, 2_000)}`);
  }

  #of(service: string, name: string): readonly Published[] {
    return this.eventsOf(service).filter(({ type }) => type === `kontor.${service}.${name}.v1`);
  }

  #expectSame(what: string, wanted: readonly string[], found: readonly string[]): void {
    const count = new Map<string, number>();
    for (const one of wanted) count.set(one, (count.get(one) ?? 0) + 1);
    for (const one of found) count.set(one, (count.get(one) ?? 0) - 1);
    const missing = [...count].filter(([, n]) => n > 0).map(([one, n]) => `missing ${n} × ${one}`);
    const tooMany = [...count].filter(([, n]) => n < 0).map(([one, n]) => `${-n} too many of ${one}`);
    this.log(`${what}: ${wanted.length} wanted, ${found.length} found`);
    this.#expectNone(what, [...missing, ...tooMany]);
  }

  #expectNone(what: string, found: readonly string[]): void {
    if (found.length === 0) return;
    const more = found.length > SHOWN ? `, and ${found.length - SHOWN} more` : '';
    this.findings.push(`${what}: ${found.slice(0, SHOWN).join('; ')}${more}`);
  }
}

function orderIdOf({ data }: Published): string {
  return String(data['orderId']);
}

function described({ name, reads, state, error, lagEvents, parked }: Subscription): string {
  return `${name} reads ${reads}: ${state}, lag ${lagEvents}, parked ${parked}${error === null ? '' : ` (${error})`}`;
}
