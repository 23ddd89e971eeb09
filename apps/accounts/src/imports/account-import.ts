import {
  accountAggregate,
  type AccountCommand,
  type AccountParticulars,
  type AccountState,
  type Source,
} from '@kontor/accounts-domain';
import { type ServiceRuntime, uuidV5 } from '@kontor/service';
import { accountsAbove, today } from '../account/account.facts.ts';
import type { AccountNumbers } from '../account/account-numbers.ts';
import { envelopeOf, type ImportMode, type ImportStep, importThing, stepOf } from './importing.ts';
import { refused, type RowOutcome } from './rows.ts';

export interface ImportedAccount {
  readonly line: number;
  readonly accountId: string;
  readonly number: string;
  /** A number that the source gave has to be claimed; one of the range is ours already. */
  readonly claims: boolean;
  readonly particulars: AccountParticulars;
  readonly externalId: string;
  readonly source: Source;
  readonly date: string;
}

/** What in the content of a source stands in which particular: an update changes these. */
export interface ContentFields {
  readonly [field: string]: readonly (keyof AccountParticulars)[];
}

export async function importAccount(
  runtime: ServiceRuntime,
  numbers: AccountNumbers,
  mode: ImportMode,
  account: ImportedAccount,
  fields: ContentFields,
): Promise<RowOutcome> {
  const { line, accountId, particulars, source, date } = account;
  if (account.claims && !mode.dryRun) {
    const claim = await numbers.claim(
      account.number,
      accountId,
      envelopeOf(mode, uuidV5(accountId, 'claim'), '', date),
    );
    if (claim.kind === 'refused') return refused(line, claim.refusal);
  }
  const parentAncestors = await accountsAbove(runtime, particulars.parentId);
  const dates = { businessDate: date, today: today(runtime) };
  return importThing(runtime, mode, {
    line,
    aggregate: accountAggregate,
    id: accountId,
    content: source.content,
    first: {
      name: 'register',
      on: date,
      command: {
        type: 'RegisterAccount',
        accountId,
        number: account.number,
        legalForm: 'legal',
        particulars,
        parentAncestors,
        ownerId: null,
        ownerIsStaff: false,
        externalId: account.externalId,
        source,
        ...dates,
      },
    },
    further: [],
    known: (state: AccountState) => state?.source?.content ?? null,
    update: (state, differing): readonly ImportStep<AccountCommand>[] | undefined => {
      const told = differing.map((field) => fields[field]);
      if (state === undefined || told.includes(undefined)) return undefined;
      const names = told.flatMap((particular) => particular ?? []);
      const changes: Partial<AccountParticulars> = Object.fromEntries(names.map((name) => [name, particulars[name]]));
      const step = (name: string) => stepOf(name, source.content);
      return [
        { name: step('change'), on: date, command: { type: 'ChangeAccount', changes, parentAncestors, ...dates } },
        { name: step('note'), on: date, command: { type: 'NoteAccountSource', content: source.content, ...dates } },
      ];
    },
  });
}
