import { CliFault } from './cli/cli-fault.ts';
import { print } from './cli/output.ts';
import { distributedScreen } from './distributed/distributed-screen.ts';
import { endWith } from './distributed/parent.ts';
import { type Distributed, startDistributed } from './distributed/start-distributed.ts';
import { requireConfigured } from './kontor.config.ts';
import { startArguments } from './start-arguments.ts';
import { StartFault } from './start-fault.ts';

/** All processes drain one after the other's grace. */
const DRAIN_WITHIN_MS = 60_000;

const options = startArguments(
  'kontor-start-distributed',
  'Start every service in a process of its own, with Kafka between them and one address in front.',
);
let starting: Promise<Distributed> | undefined;
let ending = false;
const end = endWith(async () => {
  ending = true;
  await (await starting)?.stop();
}, DRAIN_WITHIN_MS);
try {
  requireConfigured();
  starting = startDistributed({
    dataFolder: options.data,
    port: options.port,
    databaseUrl: options.database,
    timeZone: options.timeZone,
    baseCurrency: options.baseCurrency,
    say: (sentence) => process.stderr.write(`kontor: ${sentence}\n`),
  });
  const distributed = await starting;
  void distributed.failed.then((sentence) => {
    process.stderr.write(`kontor: ${sentence}\n`);
    end(1);
  });
  await distributedScreen(distributed, { demo: options.empty !== true, currency: options.baseCurrency });
  print(`Kontor is up at ${distributed.url}`);
} catch (error) {
  // What fails while it goes down is no news.
  if (!ending) {
    if (!(error instanceof StartFault || error instanceof CliFault)) throw error;
    process.stderr.write(`kontor: ${error.message}\n`);
    if (error instanceof StartFault) starting = undefined;
    end(1);
  }
}
