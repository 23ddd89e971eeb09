import { randomUUID } from 'node:crypto';
import { faultProxy } from '@kontor/testing';
import { eventStoreContract } from '@kontor/testing/event-store-contract';
import { eventStoreDbDouble } from '@kontor/testing/eventstoredb-in-process';
import { EventStoreDbEventStore } from './eventstoredb-event-store.ts';

// Generous: on a machine that many tests share, fifty appends at once may take seconds.
const APPEND_TIMEOUT_MS = 5_000;
const LIMITS = { appendTimeoutMs: APPEND_TIMEOUT_MS, maxLookedAtPerRead: 500, pollIntervalMs: 200 };

/** The server of EVENTSTORE_URL, without TLS, which the fault proxy could not look into; else a double. */
const given = process.env.EVENTSTORE_URL ?? '';

eventStoreContract(`EventStoreDbEventStore (${given === '' ? 'protocol double' : given})`, async () => {
  const double = given === '' ? await eventStoreDbDouble() : undefined;
  const { host, port } = addressOf(double?.url ?? given);
  const proxy = await faultProxy({ host, port });
  // A server that others use too: a log is told by the names of its streams. On the double each log has a server of its own.
  const scope = { typePrefix: '', ...(given !== '' && { streamPrefix: `kontorTest-${randomUUID()}.` }) };
  const options = { ...scope, limits: LIMITS };
  const store = new EventStoreDbEventStore({ url: `esdb://${proxy.host}:${proxy.port}?tls=false`, ...options });
  return {
    store,
    open: () => Promise.resolve(new EventStoreDbEventStore({ url: `esdb://${host}:${port}?tls=false`, ...options })),
    faults: {
      loseNextAnswer: () => {
        proxy.next('Append', 'cut-before-reply');
      },
      silence: proxy.silence,
      breakConnections: proxy.breakConnections,
    },
    appendTimeoutMs: APPEND_TIMEOUT_MS,
    async close() {
      await store.close();
      await proxy.close();
      await double?.stop();
    },
  };
});

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url.replace(/^\w+:/, 'http:'));
  return { host: hostname, port: Number(port) };
}
