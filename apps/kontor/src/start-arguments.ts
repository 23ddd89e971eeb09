import { isCurrency } from '@kontor/kernel';
import { Command, InvalidArgumentError, Option } from 'commander';
import { environment } from './kontor.config.ts';

const DEFAULT_PORT = 4000;

export interface StartArguments {
  readonly empty?: true;
  readonly data: string;
  readonly port: number;
  readonly database?: string;
  readonly timeZone: string;
  readonly baseCurrency: string;
}

/** The arguments of the command that was called, one process or many; wrong ones end it. */
export function startArguments(name: string, description: string): StartArguments {
  return new Command(name)
    .description(description)
    .option('--empty', 'do not build the demo firm in an empty data folder')
    .option('--data <folder>', 'data folder', folderOf, environment.dataFolder)
    .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one', portOf, DEFAULT_PORT)
    .addOption(databaseOption('use this PostgreSQL instead of the embedded one'))
    .option('--time-zone <name>', 'IANA time zone of the legal entity', timeZoneOf, environment.timeZone)
    .option('--base-currency <code>', 'base currency of the legal entity', currencyOf, environment.baseCurrency)
    .allowExcessArguments(false)
    .parse()
    .opts<StartArguments>();
}

/** Help prints defaults, and an address may hold a password: it names the variable instead. */
export function databaseOption(what: string): Option {
  return new Option('--database <url>', what).default(environment.databaseUrl, 'KONTOR_DATABASE_URL');
}

/** `--data --empty` forgot the folder: it would become one of that name, with a demo firm in it. */
export function folderOf(text: string): string {
  if (text === '' || text.startsWith('-'))
    throw new InvalidArgumentError('must be a folder; one whose name begins with - is written ./-');
  return text;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('must be a port from 0 to 65535');
  return port;
}

function currencyOf(text: string): string {
  if (!isCurrency(text)) throw new InvalidArgumentError('must be a currency of ISO 4217 such as EUR');
  return text;
}

function timeZoneOf(text: string): string {
  if (!Intl.supportedValuesOf('timeZone').includes(text) && text !== 'UTC')
    throw new InvalidArgumentError('must be an IANA time zone such as Europe/Berlin');
  return text;
}
