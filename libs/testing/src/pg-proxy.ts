import { wire, type Wire } from './wire.ts';

/** A wire between a program and its PostgreSQL. */
export interface PgProxy extends Wire {
  /** The database's address through the proxy. */
  readonly url: string;
}

export async function pgProxy(databaseUrl: string): Promise<PgProxy> {
  const url = new URL(databaseUrl);
  const between = await wire(url.host);
  const [hostname, port] = between.address.split(':') as [string, string];
  Object.assign(url, { hostname, port });
  return { ...between, url: url.href };
}
