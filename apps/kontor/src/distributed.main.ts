import { Command } from 'commander';
import { CliFault } from './cli/cli-fault.ts';
import { print } from './cli/output.ts';
import { distributedScreen } from './distributed/distributed-screen.ts';
import { endWith } from './distributed/parent.ts';
import { type Distributed, startDistributed } from './distributed/start-distributed.ts';
import { environment, requireConfigured } from './kontor.config.ts';
import { currencyOf, folderOf, portOf, timeZoneOf } from './start-arguments.ts';
import { StartFault } from './start-fault.ts';

const DEFAULT_PORT = 4000;
/** All processes drain one after the other's grace. */
const DRAIN_WITHIN_MS = 60_000;

interface StartArguments {
  readonly empty?: true;
  readonly data: string;
  readonly port: number;
  readonly database?: string;
  readonly timeZone: string;
  readonly baseCurrency: string;
}

const program = new Command('kontor-start-distributed')
  .description('Start every service in a process of its own, with Kafka between them and one address in front.')
  .option('--empty', 'do not build the demo firm in an empty data folder')
  .option('--data <folder>', 'data folder', folderOf, environment.dataFolder)
  .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one', portOf, DEFAULT_PORT)
  .option('--database <url>', 'use this PostgreSQL instead of the embedded one', environment.databaseUrl)
  .option('--time-zone <name>', 'IANA time zone of the legal entity', timeZoneOf, environment.timeZone)
  .option('--base-currency <code>', 'base currency of the legal entity', currencyOf, environment.baseCurrency)
  .allowExcessArguments(false);

program.parse();
const options = program.opts<StartArguments>();
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
