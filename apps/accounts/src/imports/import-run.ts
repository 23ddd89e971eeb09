import { importedName, type ImportSource } from '@kontor/accounts-contracts';
import { importRunAggregate } from '@kontor/accounts-domain';
import type { Principal } from '@kontor/auth';
import { invalidField } from '@kontor/http';
import { KONTOR_NAMESPACE, type ServiceRuntime, uuidV5 } from '@kontor/service';
import type { ImportMode } from './importing.ts';
import type { ImportRows } from './import.requests.ts';

export function importedId(source: ImportSource, kind: Parameters<typeof importedName>[1], identity: string): string {
  return uuidV5(KONTOR_NAMESPACE, importedName(source, kind, identity));
}

/** The mode of a call. A dry run needs no run; any other names one that has begun, with its date. */
export async function modeOf(
  runtime: ServiceRuntime,
  source: ImportSource,
  { runId, date, update, dryRun }: ImportRows,
  principal: Principal,
): Promise<ImportMode> {
  if (!dryRun) {
    const { state } = await runtime.runner.load(importRunAggregate, runId);
    if (state?.source !== source) throw invalidField('runId', `is not a run of ${source} that has begun`);
    if (state.date !== date) throw invalidField('date', `is not the date of the run, ${state.date}`);
  }
  return { actor: principal.subject, runId, update, dryRun };
}
