import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../cli/api-client.ts';
import { CliFault } from '../cli/cli-fault.ts';

/** Requests under way: more of them share an append, and leave each other nothing to wait for. */
const CONCURRENCY = 64;
/** Requests that take numbers of one range get into each other's way. */
export const NUMBERED_CONCURRENCY = 8;
const POLL_MS = 40;
const PATIENCE_MS = 120_000;
const PAGE_SIZE = 500;

export interface Receipt {
  readonly id: string;
  readonly consistencyToken: string;
}

/** Sends the commands of a plan under keys of their own, so that a second build finds what the first one did. */
export class DemoClient {
  private readonly ids = new Map<string, string>();
  /** Per service the furthest position that was written. */
  private readonly written = new Map<string, bigint>();

  constructor(
    private readonly api: ApiClient,
    private readonly keyPrefix: string,
    private readonly done: () => void,
  ) {}

  /** Id of what was made under this key. */
  id(key: string): string {
    const id = this.ids.get(key);
    if (id === undefined) throw new RangeError(`${key} was not made`);
    return id;
  }

  idOrNull(key: string | null): string | null {
    return key === null ? null : this.id(key);
  }

  async make<Body extends Receipt = Receipt>(key: string, path: string, body: object): Promise<Body> {
    const receipt = await this.send<Body>(key, path, body);
    this.ids.set(key, receipt.id);
    return receipt;
  }

  async send<Body extends { readonly consistencyToken?: string }>(
    key: string,
    path: string,
    body: object,
  ): Promise<Body> {
    const answer = await this.api.post<Body>(path, body, { 'idempotency-key': `${this.keyPrefix}:${key}` });
    this.note(answer.consistencyToken);
    this.done();
    return answer;
  }

  get<Body>(path: string): Promise<Body> {
    return this.api.get<Body>(path);
  }

  /** Every page of a list, as of everything that was written here. */
  async all<Item>(path: string, service: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      const token = this.token(service);
      if (token !== '') query.set('consistentWith', token);
      if (cursor !== null) query.set('cursor', cursor);
      const page: { items: Item[]; next: string | null } = await this.api.get(`${path}?${query}`);
      items.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return items;
  }

  /** Waits, where it is given, for everything that was written here to these services. */
  token(...services: readonly string[]): string {
    return services
      .flatMap((service) => {
        const position = this.written.get(service);
        return position === undefined ? [] : [`${service}:${position}`];
      })
      .join(',');
  }

  /** What several services do one after the other takes a moment. */
  async until<Answer>(what: string, probe: () => Promise<Answer | undefined>): Promise<Answer> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await probe();
      if (answer !== undefined) return answer;
      if (Date.now() > deadline) throw new CliFault(`The demo firm is not complete: ${what} takes too long.`);
      await delay(POLL_MS);
    }
  }

  async each<Item>(
    items: readonly Item[],
    work: (item: Item) => Promise<unknown>,
    concurrency = CONCURRENCY,
  ): Promise<void> {
    let next = 0;
    const worker = async () => {
      while (next < items.length) {
        const item = items[next] as Item;
        next += 1;
        await work(item);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  }

  private note(token: string | undefined): void {
    const [service, position] = token?.split(':') ?? [];
    if (service === undefined || position === undefined) return;
    const known = this.written.get(service) ?? 0n;
    if (BigInt(position) > known) this.written.set(service, BigInt(position));
  }
}
