import { identityOfName } from '@kontor/accounts-contracts';
import {
  NOT_STATED,
  opportunityAggregate,
  type OpportunityCommand,
  type OpportunityState,
  type PipelineVersion,
  presentStage,
  type Source,
} from '@kontor/accounts-domain';
import { zBusinessDate, zMoney, zText, zUuid } from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';
import { z } from 'zod';
import { isRegistered, isStaff, today } from '../account/account.facts.ts';
import { IMPORT_CONCURRENCY } from '../accounts.config.ts';
import { Pipelines } from '../pipeline/pipelines.ts';
import { importedId } from './import-run.ts';
import type { ImportRows } from './import.requests.ts';
import { type ImportMode, type ImportStep, importThing, stepOf } from './importing.ts';
import { mapBounded, parsedRow, rejected, type RowOutcome } from './rows.ts';

/** A row of `sales_pipeline.csv`, with the list price of its product. Dates are ISO, amounts minor units. */
const CrmOpportunityRow = z
  .strictObject({
    line: z.number().int(),
    opportunityId: zText(100),
    salesAgent: zText(200),
    product: zText(200),
    productId: zUuid.nullable().default(null),
    listPrice: zMoney,
    account: zText(200).nullable().default(null),
    dealStage: z.enum(['Prospecting', 'Engaging', 'Won', 'Lost']),
    engageDate: zBusinessDate.nullable().default(null),
    closeDate: zBusinessDate.nullable().default(null),
    closeValue: zMoney.nullable().default(null),
  })
  .superRefine((row, context) => {
    const needs = (field: 'engageDate' | 'closeDate' | 'closeValue', message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const closed = row.dealStage === 'Won' || row.dealStage === 'Lost';
    if (row.dealStage !== 'Prospecting' && row.engageDate === null) needs('engageDate', 'is missing');
    if (closed && row.closeDate === null) needs('closeDate', 'is missing');
    if (!closed && row.closeDate !== null) needs('closeDate', 'is given for a deal that is not closed');
    if (row.dealStage === 'Won' && row.closeValue === null) needs('closeValue', 'is missing');
    if (row.engageDate !== null && row.closeDate !== null && row.closeDate < row.engageDate)
      needs('closeDate', 'lies before the engage date');
  });
type OpportunityRow = z.infer<typeof CrmOpportunityRow>;

/** What one call looks up once: the pipeline, and who and what its rows name. */
interface References {
  readonly pipeline: PipelineVersion;
  readonly staff: (id: string) => Promise<boolean>;
  readonly account: (id: string) => Promise<boolean>;
}

export async function importCrmOpportunities(
  runtime: ServiceRuntime,
  pipelines: Pipelines,
  mode: ImportMode,
  { date, rows }: ImportRows,
): Promise<RowOutcome[]> {
  const references: References = {
    // Deals stay in the version of the pipeline that was shipped for them, whatever the firm makes of it later.
    pipeline: await pipelines.version(Pipelines.idOf('crm-import'), 1),
    // A dry run registers nobody, so it cannot miss anybody either.
    staff: once((id) => (mode.dryRun ? Promise.resolve(true) : isStaff(runtime, id))),
    account: once((id) => (mode.dryRun ? Promise.resolve(true) : isRegistered(runtime, id))),
  };
  return mapBounded(rows, IMPORT_CONCURRENCY, async (raw) => {
    const parsed = parsedRow(CrmOpportunityRow, raw);
    return 'rejection' in parsed ? parsed.rejection : importDeal(runtime, mode, references, date, parsed.row);
  });
}

async function importDeal(
  runtime: ServiceRuntime,
  mode: ImportMode,
  { pipeline, staff, account }: References,
  runDate: string,
  row: OpportunityRow,
): Promise<RowOutcome> {
  const accountId = row.account === null ? null : importedId('crm', 'account', identityOfName(row.account));
  const ownerId = importedId('crm', 'staff', identityOfName(row.salesAgent));
  if (!(await staff(ownerId)))
    return rejected(row.line, 'OwnerUnknown', `The sales agent ${row.salesAgent} is not known.`, 'salesAgent');
  if (accountId !== null && !(await account(accountId)))
    return rejected(row.line, 'AccountNotKnown', `The account ${row.account} is not known.`, 'account');

  const now = today(runtime);
  const opportunityId = importedId('crm', 'opportunity', row.opportunityId);
  const content = contentOf(row);
  // A deal that was never engaged has no date of its own: it is dated at the import.
  const opened = row.engageDate ?? runDate;
  const closing = closingStep(row, pipeline, now, content);
  return importThing(runtime, mode, {
    line: row.line,
    aggregate: opportunityAggregate,
    id: opportunityId,
    content,
    first: {
      name: 'open',
      on: opened,
      command: {
        type: 'OpenOpportunity',
        opportunityId,
        title: row.product,
        accountId,
        accountIsRegistered: true,
        ownerId,
        ownerIsStaff: true,
        pipeline,
        stage: row.dealStage === 'Prospecting' ? 'Prospecting' : 'Engaging',
        amount: row.listPrice,
        expectedClose: null,
        productId: row.productId ?? importedId('crm', 'product', identityOfName(row.product)),
        externalId: row.opportunityId,
        source: { system: 'crm', identity: row.opportunityId, content },
        businessDate: opened,
        today: now,
      },
    },
    further: closing === undefined ? [] : [closing],
    known: (state: OpportunityState) => state?.source?.content ?? null,
    update: (state, differing) => {
      if (state === undefined || differing.includes('product')) return undefined;
      const atRun = { businessDate: runDate, today: now };
      const step = (name: string, on: string, command: OpportunityCommand): ImportStep<OpportunityCommand> => ({
        name: stepOf(name, content),
        on,
        command,
      });
      const steps: ImportStep<OpportunityCommand>[] = [];
      if (differing.includes('sales_agent'))
        steps.push(step('assign', runDate, { type: 'AssignOpportunityOwner', ownerId, ownerIsStaff: true, ...atRun }));
      if (differing.includes('account')) {
        // A deal goes to an account, never back into the queue.
        if (accountId === null) return undefined;
        steps.push(
          step('account', runDate, {
            type: 'AssignOpportunityAccount',
            accountId,
            accountIsRegistered: true,
            ...atRun,
          }),
        );
      }
      const { stage } = presentStage(state);
      if (row.dealStage === 'Prospecting' && stage !== 'Prospecting') return undefined;
      if (row.dealStage !== 'Prospecting' && stage === 'Prospecting')
        steps.push(
          step('engage', opened, {
            type: 'EnterStage',
            stage: 'Engaging',
            pipeline,
            businessDate: opened,
            today: now,
          }),
        );
      else if (differing.includes('engage_date')) return undefined;
      if (closing !== undefined) steps.push(closing);
      else if (stage === 'Won' || stage === 'Lost') return undefined;
      return [...steps, step('note', runDate, { type: 'NoteOpportunitySource', content, ...atRun })];
    },
  });
}

/** Won for its close value with the evidence "imported", or lost with the reason "not stated". */
function closingStep(
  row: OpportunityRow,
  pipeline: PipelineVersion,
  now: string,
  content: Source['content'],
): ImportStep<OpportunityCommand> | undefined {
  const { dealStage, closeDate } = row;
  if (closeDate === null || (dealStage !== 'Won' && dealStage !== 'Lost')) return undefined;
  const common = { pipeline, origin: 'import', businessDate: closeDate, today: now } as const;
  return {
    name: stepOf('close', content),
    on: closeDate,
    command:
      dealStage === 'Won'
        ? { type: 'WinOpportunity', orderId: null, contractNumber: null, amount: row.closeValue, ...common }
        : { type: 'LoseOpportunity', reason: NOT_STATED, competitor: null, ...common },
  };
}

/** Names as identities: another spelling of the same name is not another content. */
function contentOf(row: OpportunityRow): Source['content'] {
  return {
    sales_agent: identityOfName(row.salesAgent),
    product: identityOfName(row.product),
    account: row.account === null ? '' : identityOfName(row.account),
    deal_stage: row.dealStage,
    engage_date: row.engageDate ?? '',
    close_date: row.closeDate ?? '',
    close_value: row.closeValue === null ? '' : String(row.closeValue.amountMinor),
  };
}

function once(look: (id: string) => Promise<boolean>): (id: string) => Promise<boolean> {
  const looks = new Map<string, Promise<boolean>>();
  return (id) => {
    const known = looks.get(id);
    if (known !== undefined) return known;
    const found = look(id);
    looks.set(id, found);
    return found;
  };
}
