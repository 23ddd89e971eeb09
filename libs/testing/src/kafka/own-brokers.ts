import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const STARTER = join(import.meta.dirname, '../../../../tools/kafka/broker.mjs');

export interface OwnBroker {
  readonly pid: number;
  /** SIGKILL; its log stays, for `start`. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  stall(): void;
  resume(): void;
}

export interface OwnBrokers {
  readonly brokers: readonly string[];
  readonly nodes: readonly OwnBroker[];
  stop(): Promise<void>;
}

/** From a broker's own address to the one at which everybody is told to reach it: a wire in front of it, for instance. */
export type Advertise = (address: string) => Promise<string>;

/** Brokers that a fault test may kill and stall: three nodes make a cluster with three replicas. */
export async function ownBrokers(nodes: number, advertise?: Advertise): Promise<OwnBrokers> {
  const { startKafka } = (await import(pathToFileURL(STARTER).href)) as {
    readonly startKafka: (options: { nodes: number; advertise?: Advertise }) => Promise<OwnBrokers>;
  };
  return startKafka({ nodes, ...(advertise !== undefined && { advertise }) });
}
