import type { ExposureSwitches } from '@kontor/receivables-domain';
import { config } from '../../receivables.config.ts';

/** The parts of the exposure of a row of `credit_standing`, each an expression; unallocated credit is subtracted. */
export function exposureParts(standing: string): { readonly [Part in keyof ExposureSwitches]: string } {
  const summed = (table: string, column: string) =>
    `coalesce((select sum(part.${column}) from receivables.${table} part where part.ledger_id = ${standing}.ledger_id), 0)`;
  return {
    principal: `${standing}.principal_minor`,
    charges: `${standing}.charges_minor`,
    reservations: summed('order_credit', 'reserved_minor'),
    unbilledDeliveries: summed('delivery_credit', 'unbilled_minor'),
    unallocatedCredit: `-${standing}.unallocated_minor`,
  };
}

/** Their sum, as far as they count. */
export function exposureSql(standing: string, counted: ExposureSwitches = config.exposure): string {
  const parts = Object.entries(exposureParts(standing)) as [keyof ExposureSwitches, string][];
  return ['0', ...parts.flatMap(([part, sql]) => (counted[part] ? [sql] : []))].join(' + ');
}
