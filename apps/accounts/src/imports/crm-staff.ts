import { identityOfName } from '@kontor/accounts-contracts';
import { type Source, staffAggregate, type StaffState } from '@kontor/accounts-domain';
import { zText } from '@kontor/http';
import { type ServiceRuntime, uuidV5 } from '@kontor/service';
import { z } from 'zod';
import { IMPORT_CONCURRENCY } from '../accounts.config.ts';
import { importedId } from './import-run.ts';
import type { ImportRows } from './import.requests.ts';
import { envelopeOf, type ImportMode, importThing, stepOf } from './importing.ts';
import { mapBounded, parsedRow, rejected, type RowOutcome } from './rows.ts';

/** A row of `sales_teams.csv`. */
const CrmStaffRow = z.strictObject({
  line: z.number().int(),
  salesAgent: zText(200),
  manager: zText(200),
  regionalOffice: zText(100),
});
type StaffRow = z.infer<typeof CrmStaffRow>;

/** The file has no dates: who stands in it is taken to have stood there always, so that every past day has its regions. */
const SINCE_EVER = '1900-01-01';

/** Agents under their managers. A manager is placed when the first row names them, before the rows that need them. */
export async function importCrmStaff(
  runtime: ServiceRuntime,
  mode: ImportMode,
  { date, rows }: ImportRows,
): Promise<RowOutcome[]> {
  const parsed = rows.map((raw) => ({ raw, read: parsedRow(CrmStaffRow, raw) }));
  if (!mode.dryRun) {
    const managers = new Map<string, StaffRow>();
    for (const { read } of parsed)
      if ('row' in read && !managers.has(identityOfName(read.row.manager)))
        managers.set(identityOfName(read.row.manager), read.row);
    await mapBounded([...managers.entries()], IMPORT_CONCURRENCY, ([identity, row]) =>
      placeManager(runtime, mode, identity, row),
    );
  }
  return mapBounded(parsed, IMPORT_CONCURRENCY, async ({ read }) =>
    'rejection' in read ? read.rejection : importAgent(runtime, mode, date, read.row),
  );
}

async function placeManager(runtime: ServiceRuntime, mode: ImportMode, identity: string, row: StaffRow): Promise<void> {
  const staffId = importedId('crm', 'staff', identity);
  if ((await runtime.runner.load(staffAggregate, staffId)).revision >= 0n) return;
  const outcome = await runtime.runner.execute(
    staffAggregate,
    staffId,
    {
      type: 'PlaceStaffMember',
      staffId,
      name: row.manager,
      position: 'manager',
      managerId: null,
      region: row.regionalOffice,
      businessDate: SINCE_EVER,
      externalId: row.manager,
      sourceContent: null,
      managerSuperiors: [],
    },
    envelopeOf(mode, uuidV5(staffId, 'manage'), '', SINCE_EVER),
  );
  if (outcome.kind === 'refused') throw new Error(`${row.manager}: ${outcome.refusal.sentence}`);
}

async function importAgent(
  runtime: ServiceRuntime,
  mode: ImportMode,
  date: string,
  row: StaffRow,
): Promise<RowOutcome> {
  const identity = identityOfName(row.salesAgent);
  const manager = identityOfName(row.manager);
  if (identity === manager)
    return rejected(row.line, 'HierarchyCircle', 'Nobody can be their own superior.', 'manager');
  const staffId = importedId('crm', 'staff', identity);
  const content: Source['content'] = { manager, regional_office: row.regionalOffice };
  const placing = (businessDate: string) =>
    ({
      type: 'PlaceStaffMember',
      staffId,
      name: row.salesAgent,
      position: 'sales agent',
      managerId: importedId('crm', 'staff', manager),
      region: row.regionalOffice,
      businessDate,
      externalId: row.salesAgent,
      sourceContent: JSON.stringify(content),
      managerSuperiors: [],
    }) as const;
  return importThing(runtime, mode, {
    line: row.line,
    aggregate: staffAggregate,
    id: staffId,
    content,
    first: { name: 'place', on: SINCE_EVER, command: placing(SINCE_EVER) },
    further: [],
    known: contentOf,
    // Whoever moved did so when the source first said it: the past keeps the old region.
    update: () => [{ name: stepOf('move', content), on: date, command: placing(date) }],
  });
}

/** Null for a manager, of whom no row speaks, and for an erased person. */
function contentOf(state: StaffState): Source['content'] | null {
  const text = state?.sourceContent ?? null;
  return text === null ? null : (JSON.parse(text) as Source['content']);
}
