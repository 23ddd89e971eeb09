import { environment } from '../kontor.config.ts';
import { StartFault } from '../start-fault.ts';

const TOOLS = new URL('../../../../tools/kafka/', import.meta.url);

export interface Brokers {
  readonly addresses: readonly string[];
  /** Of the broker that was started here; null: they were there. */
  readonly pid: number | null;
  stop(): Promise<void>;
}

interface Available {
  readonly kafkaAvailable: () => boolean;
}
interface Starter {
  readonly startKafka: (options: { nodes: number }) => Promise<{
    readonly brokers: readonly string[];
    readonly nodes: readonly { readonly pid: number }[];
    readonly stop: () => Promise<void>;
  }>;
}

/** The brokers of KAFKA_BROKERS, else one that is started here from its published jars and ends with this process. */
export async function brokersHere(): Promise<Brokers> {
  if (environment.kafkaBrokers.length > 0)
    return { addresses: environment.kafkaBrokers, pid: null, stop: async () => undefined };
  const { kafkaAvailable } = (await import(new URL('available.mjs', TOOLS).href)) as Available;
  if (!kafkaAvailable())
    throw new StartFault(
      'KAFKA_BROKERS is not set, and no broker can be started here: that needs Java 17, and Maven to fetch it the first time.',
    );
  const { startKafka } = (await import(new URL('broker.mjs', TOOLS).href)) as Starter;
  const kafka = await startKafka({ nodes: 1 });
  return { addresses: kafka.brokers, pid: kafka.nodes[0]?.pid ?? null, stop: () => kafka.stop() };
}
