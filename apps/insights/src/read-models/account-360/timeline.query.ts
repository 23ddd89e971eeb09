import { type Scope, scopeLabel } from '@kontor/auth';
import { instantText, type Page, pageOf } from '@kontor/http';
import { type EvidenceRow, evidenceOf, evidenceSelect } from '../../answers/evidence.ts';
import { moneyOf } from '../../answers/figures.ts';
import type { Moment } from '../../answers/moment.ts';
import { type Reader, Statement } from '../../answers/snapshot.ts';

export interface TimelineQuestion {
  readonly moment: Moment;
  readonly scope: Scope;
  readonly accountId: string;
  readonly kind: string | undefined;
  readonly service: string | undefined;
  readonly page: Page;
}

interface EntryRow extends EvidenceRow {
  readonly service: string;
  readonly kind: string;
  readonly title: string;
  readonly amount_minor: string | null;
  readonly currency: string | null;
}

/** What happened with an account, newest first: business date, then recorded time, then position. */
export async function timelineAnswer(reader: Reader, question: TimelineQuestion) {
  const { page } = question;
  const statement = timelineStatement(question);
  const found = await reader.query<EntryRow>(statement.text, statement.values);
  const shown = pageOf(found.rows, page, (row) => ({
    key: `${row.business_date}|${row.recorded_at}`,
    id: `${row.service}:${row.position}`,
  }));
  return {
    ...question.moment,
    scope: scopeLabel(question.scope),
    accountId: question.accountId,
    items: shown.items.map((row) => ({
      kind: row.kind,
      title: row.title,
      amount:
        row.amount_minor === null || row.currency === null ? null : moneyOf(BigInt(row.amount_minor), row.currency),
      ...evidenceOf(row.service, row),
    })),
    next: shown.next,
  };
}

/**
 * Two reads, each in the order of an index and each cut at the page: events that name the account, and events of its
 * deals, claims and units. However long the history is, a page reads about as many rows as it shows.
 */
export function timelineStatement(question: TimelineQuestion): { text: string; values: unknown[] } {
  const statement = new Statement();
  const { page, moment, kind, service } = question;
  const account = statement.$(question.accountId, 'uuid');
  const limit = statement.$(page.limit + 1, 'int');
  const [afterDate = '', afterRecorded = ''] = page.after?.key.split('|') ?? [];
  const [afterService = '', afterPosition = ''] = page.after?.id.split(':') ?? [];
  const where = [
    `entry.business_date <= ${statement.$(moment.asOf, 'date')}`,
    `entry.recorded_at <= ${statement.$(moment.asKnownAt, 'timestamptz')}`,
    ...(kind === undefined ? [] : [`entry.kind = ${statement.$(kind, 'text')}`]),
    ...(service === undefined ? [] : [`entry.service = ${statement.$(service, 'text')}`]),
    ...(page.after === undefined
      ? []
      : [
          `(entry.business_date, entry.recorded_at, entry.service, entry.position) < ` +
            `(${statement.$(afterDate, 'date')}, ${statement.$(afterRecorded, 'timestamptz')}, ` +
            `${statement.$(afterService, 'text')}, ${statement.$(afterPosition, 'bigint')})`,
        ]),
  ].join(' and ');
  const columns = `entry.event_id, entry.service, entry.stream, entry.revision, entry.position, entry.contract,
    entry.business_date, entry.recorded_at, entry.kind, entry.title, entry.amount_minor, entry.currency`;
  const order = (table: string) =>
    `order by ${table}.business_date desc, ${table}.recorded_at desc, ${table}.service desc, ${table}.position desc`;
  const text = `
    select ${evidenceSelect('entry')}, entry.service, entry.kind, entry.title, entry.amount_minor::text, entry.currency
    from (
      (select ${columns} from insights.timeline entry where entry.account_id = ${account} and ${where}
       ${order('entry')} limit ${limit})
      union all
      (select entry.* from insights.account_things thing
       cross join lateral (
         select ${columns} from insights.timeline entry
         where entry.thing_id = thing.thing_id and entry.account_id is null and ${where}
         ${order('entry')} limit ${limit}
       ) entry
       where thing.account_id = ${account}
       ${order('entry')} limit ${limit})
    ) entry
    ${order('entry')} limit ${limit}`;
  return { text, values: statement.values };
}

/** Entries by kind, the first and the last day, up to the moment. */
export async function timelineCounts(
  reader: Reader,
  question: { readonly moment: Moment; readonly accountId: string },
): Promise<{ kind: string; entries: number; firstOn: string; lastOn: string; lastRecordedAt: string }[]> {
  const statement = new Statement();
  const account = statement.$(question.accountId, 'uuid');
  const within = `entry.business_date <= ${statement.$(question.moment.asOf, 'date')}
    and entry.recorded_at <= ${statement.$(question.moment.asKnownAt, 'timestamptz')}`;
  const found = await reader.query<{
    kind: string;
    entries: number;
    first_on: string;
    last_on: string;
    last_recorded_at: string;
  }>(
    `select kind, count(*)::int as entries, min(business_date)::text as first_on, max(business_date)::text as last_on,
       ${instantText('max(recorded_at)')} as last_recorded_at
     from (
       select entry.kind, entry.business_date, entry.recorded_at from insights.timeline entry
       where entry.account_id = ${account} and ${within}
       union all
       select entry.kind, entry.business_date, entry.recorded_at from insights.account_things thing
       join insights.timeline entry on entry.thing_id = thing.thing_id and entry.account_id is null
       where thing.account_id = ${account} and ${within}
     ) entry group by kind order by kind`,
    statement.values,
  );
  return found.rows.map((row) => ({
    kind: row.kind,
    entries: row.entries,
    firstOn: row.first_on,
    lastOn: row.last_on,
    lastRecordedAt: row.last_recorded_at,
  }));
}
