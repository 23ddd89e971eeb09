import { connect } from 'node:net';
import { pause } from '@kontor/feed';
import { environment } from '../kontor.config.ts';
import { StartFault } from '../start-fault.ts';

const TOOLS = new URL('../../../../tools/kafka/', import.meta.url);
const LOOK_MS = 1_000;

export interface Brokers {
  readonly addresses: readonly string[];
  /** Of the broker that was started here; null: they were there. */
  readonly pid: () => number | null;
  stop(): Promise<void>;
}

interface Available {
  readonly kafkaAvailable: () => boolean;
}
interface Broker {
  readonly pid: number;
  kill(): Promise<void>;
  start(): Promise<void>;
}
interface Starter {
  readonly startKafka: (options: { nodes: number; folder: string }) => Promise<{
    readonly brokers: readonly string[];
    readonly nodes: readonly Broker[];
    readonly stop: () => Promise<void>;
  }>;
}

/**
 * The brokers of KAFKA_BROKERS, else one that is started here from its published jars and ends with this process. When it dies, it
 * is started again on the same address and log. The log lies in this folder, so that the next start finds the topics where they were.
 */
export async function brokersHere(folder: string, say: (sentence: string) => void): Promise<Brokers> {
  if (environment.kafkaBrokers.length > 0)
    return { addresses: environment.kafkaBrokers, pid: () => null, stop: async () => undefined };
  const { kafkaAvailable } = (await import(new URL('available.mjs', TOOLS).href)) as Available;
  if (!kafkaAvailable())
    throw new StartFault(
      'KAFKA_BROKERS is not set, and no broker can be started here: that needs Java 17, and Maven to fetch it the first time.',
    );
  const { startKafka } = (await import(new URL('broker.mjs', TOOLS).href)) as Starter;
  const kafka = await startKafka({ nodes: 1, folder }).catch((error: unknown) => {
    throw new StartFault(
      `Kafka does not start: ${error instanceof Error ? error.message : String(error)}\n` +
        `Its topics lie in ${folder}; without that folder they are made anew, and nothing is lost: consumers begin with the history.`,
      { cause: error },
    );
  });
  const [broker] = kafka.nodes;
  const stopping = new AbortController();
  const watching = broker === undefined ? undefined : watched(broker, kafka.brokers[0] ?? '', stopping.signal, say);
  return {
    addresses: kafka.brokers,
    pid: () => broker?.pid ?? null,
    async stop() {
      stopping.abort();
      await watching;
      await kafka.stop();
    },
  };
}

async function watched(broker: Broker, address: string, signal: AbortSignal, say: (sentence: string) => void) {
  while (!signal.aborted) {
    await pause(LOOK_MS, signal);
    if (signal.aborted || !(await isRefused(address))) continue;
    say('Kafka has died; it is started again.');
    await revived(broker, say);
  }
}

async function revived(broker: Broker, say: (sentence: string) => void): Promise<void> {
  try {
    // What stood between it and this process goes too; its log stays.
    await broker.kill();
    await broker.start();
    say(`Kafka is up again as process ${broker.pid}.`);
  } catch (error) {
    // The next look tries again.
    say(`Kafka could not be started: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Its process id would say nothing: one that has died stays in the list of processes until its keeper looks. */
function isRefused(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  return new Promise((done) => {
    const probe = connect({ host: host ?? '', port: Number(port) });
    const say = (refused: boolean) => {
      probe.destroy();
      done(refused);
    };
    probe.setTimeout(LOOK_MS, () => say(false));
    probe.once('connect', () => say(false));
    probe.once('error', (error: NodeJS.ErrnoException) => say(error.code === 'ECONNREFUSED'));
  });
}
