import { EventStoreDBClient } from '@eventstore/db-client';
import { unary } from './unary.ts';

/** Base of the keep-alive timeouts that keep the connections of clients apart. */
const KEEP_ALIVE_TIMEOUT_MS = 10_000;
const MAX_APART = 5_000;

let clients = 0;

/**
 * A client for one kind of work, made anew when answers stay away one after the other: the client library does so only after
 * errors that the server sent. Clients with equal settings share one connection inside grpc-js, a stuck one included, so
 * every client here has a keep-alive timeout of its own.
 */
export class ClientSlot {
  /** Clients made so far, for tests and administrators. */
  made = 0;
  /** Options of every append. */
  readonly unary: ReturnType<typeof unary>;
  private client: EventStoreDBClient | undefined;
  private missed = 0;

  constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly maxMissedAnswers: number,
  ) {
    this.unary = unary(url);
  }

  get(): EventStoreDBClient {
    this.client ??= this.make();
    return this.client;
  }

  answered(): void {
    this.missed = 0;
  }

  /** An answer did not come. */
  notAnswered(): void {
    this.missed += 1;
    if (this.missed >= this.maxMissedAnswers) this.renew();
  }

  /** Gives up the connection and everything that waits on it. */
  renew(): void {
    const { client } = this;
    this.client = undefined;
    this.missed = 0;
    if (client !== undefined) void letGo(client);
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client !== undefined) await letGo(client);
  }

  private make(): EventStoreDBClient {
    this.made += 1;
    clients += 1;
    const settings = `connectionName=${encodeURIComponent(this.name)}&keepAliveTimeout=${KEEP_ALIVE_TIMEOUT_MS + (clients % MAX_APART)}`;
    const plain = this.url.replaceAll(/(?<=[?&])(connectionName|keepAliveTimeout|throwOnAppendFailure)=[^&]*&?/gi, '');
    const end = plain.endsWith('?') || plain.endsWith('&') ? '' : plain.includes('?') ? '&' : '?';
    return EventStoreDBClient.connectionString(`${plain}${end}${settings}`);
  }
}

/** dispose() cancels calls and leaves the channel open; the channel is not part of the client's public face. */
async function letGo(client: EventStoreDBClient): Promise<void> {
  try {
    const channel: unknown = await (Reflect.get(client, 'getChannel') as () => Promise<unknown>)();
    await client.dispose();
    if (channel !== null && typeof channel === 'object' && 'close' in channel && typeof channel.close === 'function') {
      channel.close();
    }
  } catch {
    // A channel that was never opened has nothing to close.
  }
}
