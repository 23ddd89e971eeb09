import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  accountRegistered,
  identityOfName,
  importedName,
  type ImportedKind,
  opportunityAmountRevised,
  opportunityOpened,
  opportunityStageEntered,
  pipelineDefined,
  staffPlaced,
} from '@kontor/accounts-contracts';
import { parse } from 'csv-parse/sync';
import { type EventLogs, idOf, sealed } from './events.scenarios.ts';

type Line = { readonly [column: string]: string };

/** Lines of a data file; the folder comes from KONTOR_DATA, which Jest's configuration sets. */
export function linesOf(file: string): Line[] {
  const text = readFileSync(join(process.env.KONTOR_DATA ?? '', file), 'utf8');
  return parse<Line>(text, { columns: true, bom: true, skip_empty_lines: true });
}

const of = (kind: ImportedKind, name: string) => idOf(importedName('crm', kind, identityOfName(name)));

const CRM_PIPELINE = idOf('crm-import');

const STAGES = [
  { name: 'Prospecting', kind: 'open' as const, probability: 10_000, ordinal: 1 },
  { name: 'Engaging', kind: 'open' as const, probability: 50_000, ordinal: 2 },
  { name: 'Won', kind: 'won' as const, probability: 100_000, ordinal: 3 },
  { name: 'Lost', kind: 'lost' as const, probability: 0, ordinal: 4 },
];

/**
 * The CRM files as the contracts that their import publishes. A deal is worth the list price of its product from the
 * first date on, and, when it was won, its close value from the close date on.
 */
export function publishCrm(logs: EventLogs, importedOn: string): void {
  logs.publish(pipelineDefined, `pipeline-${CRM_PIPELINE}`, {
    pipelineId: CRM_PIPELINE,
    version: 1,
    name: 'crm-import',
    stages: STAGES,
  });
  publishStaff(logs, importedOn);
  for (const line of linesOf('crm/accounts.csv')) publishAccount(logs, importedOn, line);
  const prices = new Map(
    linesOf('crm/products.csv').map((line) => [
      identityOfName(line['product'] ?? ''),
      Number(line['sales_price']) * 100,
    ]),
  );
  for (const line of linesOf('crm/sales_pipeline.csv')) publishDeal(logs, importedOn, line, prices);
}

function publishStaff(logs: EventLogs, importedOn: string): void {
  const placed = new Set<string>();
  for (const line of linesOf('crm/sales_teams.csv')) {
    const manager = line['manager'] ?? '';
    const region = line['regional_office'] ?? '';
    if (!placed.has(manager)) place(logs, importedOn, manager, 'sales manager', null, region);
    placed.add(manager);
    place(logs, importedOn, line['sales_agent'] ?? '', 'sales agent', of('staff', manager), region);
  }
}

function place(
  logs: EventLogs,
  businessDate: string,
  name: string,
  position: string,
  managerId: string | null,
  region: string,
): void {
  const staffId = of('staff', name);
  logs.publish(staffPlaced, `staff-${staffId}`, {
    staffId,
    name: sealed(staffId, name),
    position,
    managerId,
    region,
    externalId: sealed(staffId, name),
    businessDate,
  });
}

function publishAccount(logs: EventLogs, businessDate: string, line: Line): void {
  const name = line['account'] ?? '';
  const accountId = of('account', name);
  const parent = line['subsidiary_of'] ?? '';
  logs.publish(accountRegistered, `account-${accountId}`, {
    ...NO_MASTER_DATA,
    accountId,
    number: name,
    kind: 'customer',
    legalForm: 'legal',
    name,
    sector: line['sector'] ?? null,
    parentId: parent === '' ? null : of('account', parent),
    externalId: name,
    businessDate,
  });
}

export const NO_MASTER_DATA = {
  personName: null,
  taxId: null,
  personTaxId: null,
  address: null,
  personAddress: null,
  country: null,
  countryText: null,
  region: null,
  sector: null,
  language: null,
  currency: null,
  yearEstablished: null,
  revenue: null,
  employees: null,
  parentId: null,
  ownerId: null,
  externalId: null,
};

function publishDeal(logs: EventLogs, importedOn: string, line: Line, prices: ReadonlyMap<string, number>): void {
  const externalId = line['opportunity_id'] ?? '';
  const opportunityId = idOf(importedName('crm', 'opportunity', externalId));
  const stream = `opportunity-${opportunityId}`;
  const product = line['product'] ?? '';
  const account = line['account'] ?? '';
  const engaged = line['engage_date'] ?? '';
  const closed = line['close_date'] ?? '';
  const begins = engaged === '' ? importedOn : engaged;
  logs.publish(opportunityOpened, stream, {
    opportunityId,
    title: `${product} for ${account}`,
    accountId: account === '' ? null : of('account', account),
    ownerId: of('staff', line['sales_agent'] ?? ''),
    queue: account === '' ? 'enquiries' : null,
    pipelineId: CRM_PIPELINE,
    pipelineVersion: 1,
    productId: of('product', product),
    externalId,
    businessDate: begins,
  });
  const enters = (name: string, businessDate: string) => {
    const stage = STAGES.find((candidate) => candidate.name === name);
    if (stage === undefined) throw new RangeError(`${name} is not a stage of the CRM`);
    logs.publish(opportunityStageEntered, stream, {
      opportunityId,
      stage: stage.name,
      stageKind: stage.kind,
      probability: stage.probability,
      reason: stage.kind === 'lost' ? 'not stated' : null,
      competitor: null,
      evidence: stage.kind === 'won' ? 'imported' : null,
      orderId: null,
      contractNumber: null,
      businessDate,
    });
  };
  const worth = (amountMinor: number, businessDate: string) =>
    logs.publish(opportunityAmountRevised, stream, {
      opportunityId,
      amount: { amountMinor, currency: 'USD' },
      businessDate,
    });
  worth(prices.get(identityOfName(product)) ?? 0, begins);
  enters(engaged === '' ? 'Prospecting' : 'Engaging', begins);
  if (closed === '') return;
  if (line['deal_stage'] === 'Won') worth(Number(line['close_value']) * 100, closed);
  enters(line['deal_stage'] ?? '', closed);
}
