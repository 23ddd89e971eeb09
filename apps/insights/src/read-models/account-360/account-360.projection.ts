import {
  accountChanged,
  type AccountChanged,
  accountOwnerAssigned,
  type AccountOwnerAssigned,
  accountRegistered,
  type AccountRegistered,
  personalDataErased,
} from '@kontor/accounts-contracts';
import type { CloudEvent, Money } from '@kontor/kernel';
import type { Projection, Row, RowChange } from '@kontor/projections';
import { factOf, serviceOf, type Unsealed } from '../facts.ts';
import { accountFacts, accounts, accountThings, timeline } from './account-360.tables.ts';
import { type TimelineEntry, timelineEntries, type TimelineEvent } from './timeline.entries.ts';

type On = (event: CloudEvent<never>) => readonly RowChange[];

function told(entry: TimelineEntry): On {
  return (event: TimelineEvent) => {
    const data = event.data as never;
    const accountId = event.data.accountId ?? null;
    const amount: Money | null = entry.amount(data);
    const belonging = entry.belongs(data);
    const row = {
      service: serviceOf(entry.type),
      ...factOf(event, event.data.businessDate),
      entry: 0,
      account_id: accountId,
      thing_id: accountId === null ? entry.thing(data) : null,
      kind: entry.kind,
      title: entry.title(data),
      amount_minor: amount?.amountMinor ?? null,
      currency: amount?.currency ?? null,
    };
    const also = entry.also(data);
    return [
      { table: 'timeline', put: row },
      ...(also === null || also === accountId
        ? []
        : [{ table: 'timeline', put: { ...row, entry: 1, account_id: also } }]),
      ...(belonging === null
        ? []
        : [
            {
              table: 'account_things',
              put: { thing_id: belonging.thingId, account_id: belonging.accountId },
            },
          ]),
    ];
  };
}

const NO_FACT = {
  number: null,
  name: null,
  person_name: null,
  sector: null,
  region: null,
  parent_id: null,
  owner_id: null,
};

function accountFact(
  event: CloudEvent<{ readonly accountId: string; readonly businessDate: string }>,
  aspect: string,
  values: Row,
): RowChange {
  const { accountId, businessDate } = event.data;
  return {
    table: 'account_facts',
    put: { ...factOf(event, businessDate), account_id: accountId, aspect, ...NO_FACT, ...values },
  };
}

const masterOf = (data: Unsealed<AccountRegistered> | Unsealed<AccountChanged>): Row => ({
  name: data.name,
  person_name: data.personName,
  sector: data.sector,
  region: data.region,
  parent_id: data.parentId,
});

const about: { readonly [type: string]: On } = {
  [accountRegistered.type]: (event: CloudEvent<Unsealed<AccountRegistered>>) => {
    const { data } = event;
    return [
      accountFact(event, 'master', { ...masterOf(data), number: data.number, owner_id: data.ownerId }),
      {
        table: 'accounts',
        put: {
          account_id: data.accountId,
          number: data.number,
          kind: data.kind,
          legal_form: data.legalForm,
          ...masterOf(data),
          country: data.country,
          owner_id: data.ownerId,
          external_id: data.externalId,
          registered_on: data.businessDate,
        },
      },
    ];
  },
  [accountChanged.type]: (event: CloudEvent<Unsealed<AccountChanged>>) => {
    const { data } = event;
    return [
      accountFact(event, 'master', masterOf(data)),
      {
        table: 'accounts',
        key: { account_id: data.accountId },
        change: (row) =>
          row === undefined ? undefined : { ...row, ...masterOf(data), kind: data.kind, country: data.country },
      },
    ];
  },
  [accountOwnerAssigned.type]: (event: CloudEvent<AccountOwnerAssigned>) => [
    accountFact(event, 'owner', { owner_id: event.data.ownerId }),
    {
      table: 'accounts',
      key: { account_id: event.data.accountId },
      change: (row) => (row === undefined ? undefined : { ...row, owner_id: event.data.ownerId }),
    },
  ],
};

export const account360Projection: Projection = {
  name: 'account_360',
  version: 1,
  viewSchema: 'insights',
  personal: { erasedBy: personalDataErased.type },
  tables: { account_facts: accountFacts, accounts, account_things: accountThings, timeline },
  on: Object.fromEntries(
    timelineEntries.map((entry): [string, On] => {
      const tells = told(entry);
      const more = about[entry.type];
      return [entry.type, more === undefined ? tells : (event) => [...tells(event), ...more(event)]];
    }),
  ),
};
