import { isCurrency } from '@kontor/kernel';
import { InvalidArgumentError } from 'commander';

/** `--data --empty` forgot the folder: it would become one of that name, with a demo firm in it. */
export function folderOf(text: string): string {
  if (text === '' || text.startsWith('-'))
    throw new InvalidArgumentError('must be a folder; one whose name begins with - is written ./-');
  return text;
}

export function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('must be a port from 0 to 65535');
  return port;
}

export function currencyOf(text: string): string {
  if (!isCurrency(text)) throw new InvalidArgumentError('must be a currency of ISO 4217 such as EUR');
  return text;
}

export function timeZoneOf(text: string): string {
  if (!Intl.supportedValuesOf('timeZone').includes(text) && text !== 'UTC')
    throw new InvalidArgumentError('must be an IANA time zone such as Europe/Berlin');
  return text;
}
