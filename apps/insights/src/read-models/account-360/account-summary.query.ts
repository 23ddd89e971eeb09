import { type Scope, scopeLabel } from '@kontor/auth';
import { link } from '../../answers/links.ts';
import type { Moment } from '../../answers/moment.ts';
import { type Reader, Statement } from '../../answers/snapshot.ts';
import { accountWithinScope } from '../../answers/scope.ts';
import { ageingAnswer } from '../dunning/ageing.query.ts';
import { pipelineAnswer } from '../pipeline/pipeline.query.ts';
import { timelineCounts } from './timeline.query.ts';

export interface AccountQuestion {
  readonly moment: Moment;
  readonly scope: Scope;
  readonly baseCurrency: string;
  readonly accountId: string;
}

interface AccountRow {
  readonly account_id: string;
  readonly number: string;
  readonly kind: string;
  readonly legal_form: string;
  readonly name: string | null;
  readonly country: string | null;
  readonly sector: string | null;
  readonly region: string | null;
  readonly parent_id: string | null;
  readonly owner_id: string | null;
  readonly external_id: string | null;
  readonly registered_on: string;
}

interface RestrictionRow {
  readonly entity_id: string;
  readonly currency: string;
  readonly restriction: string;
  readonly business_date: string;
  readonly event_id: string;
}

/** The account as it is named now, within the scope; undefined for one that is foreign or unknown. */
export async function accountHeader(reader: Reader, scope: Scope, accountId: string): Promise<AccountRow | undefined> {
  const statement = new Statement();
  const found = await reader.query<AccountRow>(
    `select account_id, number, kind, legal_form, coalesce(name, person_name) as name, country, sector, region,
       parent_id, owner_id, external_id, registered_on::text
     from insights.accounts account where account_id = ${statement.$(accountId, 'uuid')}
       and ${accountWithinScope(statement, scope, 'account.account_id')}`,
    statement.values,
  );
  return found.rows[0];
}

/** One page about a client: who it is, its deals, what it owes, what it did and when. Deals of others stay hidden. */
export async function accountAnswer(reader: Reader, question: AccountQuestion, account: AccountRow) {
  const { moment, scope, accountId } = question;
  const filters = { accountId };
  const pipeline = await pipelineAnswer(reader, { moment, scope, filters, baseCurrency: question.baseCurrency });
  const ageing = await ageingAnswer(reader, { moment, scope, filters });
  const restrictions = await restrictionsOf(reader, question);
  const counts = await timelineCounts(reader, { moment, accountId });
  return {
    ...moment,
    scope: scopeLabel(scope),
    account: {
      accountId: account.account_id,
      number: account.number,
      kind: account.kind,
      legalForm: account.legal_form,
      name: account.name,
      country: account.country,
      sector: account.sector,
      region: account.region,
      parentId: account.parent_id,
      ownerId: account.owner_id,
      externalId: account.external_id,
      registeredOn: account.registered_on,
    },
    deals: { stages: pipeline.stages, forecast: pipeline.forecast, winRate: pipeline.winRate, cycle: pipeline.cycle },
    receivables: ageing.currencies,
    restrictions: restrictions.map((row) => ({
      entityId: row.entity_id,
      currency: row.currency,
      restriction: row.restriction,
      since: row.business_date,
      eventId: row.event_id,
    })),
    history: counts.map((count) => ({
      ...count,
      explain: link(`/v1/insights/accounts/${accountId}/timeline`, {
        asOf: moment.asOf,
        asKnownAt: moment.asKnownAt,
        kind: count.kind,
      }),
    })),
  };
}

async function restrictionsOf(reader: Reader, question: AccountQuestion): Promise<RestrictionRow[]> {
  const statement = new Statement();
  const found = await reader.query<RestrictionRow>(
    `select entity_id, currency, restriction, business_date::text, event_id from (
       select distinct on (entity_id, currency) * from insights.restrictions
       where account_id = ${statement.$(question.accountId, 'uuid')}
         and business_date <= ${statement.$(question.moment.asOf, 'date')}
         and recorded_at <= ${statement.$(question.moment.asKnownAt, 'timestamptz')}
       order by entity_id, currency, business_date desc, revision desc
     ) last where restricted order by entity_id, currency`,
    statement.values,
  );
  return found.rows;
}
