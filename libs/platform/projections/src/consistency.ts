import { InvalidConsistencyToken } from './errors.ts';

const PART = /^([a-z][a-z0-9-]*):(0|[1-9]\d{0,18})$/;

/** `orders:18842,accounts:7` as positions by service; of a service named twice, the higher one. */
export function parseConsistencyToken(token: string): ReadonlyMap<string, bigint> {
  const positions = new Map<string, bigint>();
  for (const part of token.split(',')) {
    const match = PART.exec(part.trim());
    if (match === null) throw new InvalidConsistencyToken(token);
    const [, service, digits] = match as unknown as [string, string, string];
    const position = BigInt(digits);
    const known = positions.get(service);
    if (known === undefined || known < position) positions.set(service, position);
  }
  return positions;
}
