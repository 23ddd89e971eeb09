import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fold, type Aggregate, type DomainCommand, type DomainEvent, type StoredData } from '@kontor/kernel';
import { creditNoteAggregate } from './credit-note/credit-note.codec.ts';
import { dunningCalendarAggregate } from './dunning-calendar/dunning-calendar.codec.ts';
import { dunningPolicyAggregate } from './dunning-policy/dunning-policy.codec.ts';
import { invoiceAggregate } from './invoice/invoice.codec.ts';
import { ledgerAggregate } from './ledger/ledger.codec.ts';
import { noticeAggregate } from './notice/notice.codec.ts';
import { numberRangeAggregate } from './number-range/number-range.codec.ts';

interface Golden {
  readonly type: string;
  readonly data: StoredData & { readonly businessDate?: string };
}
type Codecs = Aggregate<unknown, DomainCommand, DomainEvent>['codec']['events'];

/** What the store does when it reads: upcast from the stored version to the present one, personal fields in the clear. */
function decoded(golden: Golden, events: Codecs): DomainEvent {
  const [, type = '', version = ''] = golden.type.split('.');
  const codec = events[type];
  if (codec === undefined) throw new Error(`${golden.type} is the golden file of no event`);
  let data: StoredData = golden.data;
  for (let from = Number(version.slice(1)); from < codec.version; from += 1) {
    const upcast = codec.upcasts?.[from];
    if (upcast === undefined) throw new Error(`${type} has no way from version ${from}`);
    data = upcast(data);
  }
  const clear = Object.fromEntries(
    (codec.personal?.fields ?? []).map((field) => [field, data[field] && 'in the clear']),
  );
  return { type, data: { ...data, ...clear } };
}

const kebab = (type: string) => type.replace(/(?<!^)[A-Z]/gu, '-$&').toLowerCase();

function suite<State, Command extends DomainCommand, Event extends DomainEvent>(
  folder: string,
  aggregate: Aggregate<State, Command, Event>,
): void {
  const directory = resolve(import.meta.dirname, folder, 'golden');
  const events = aggregate.codec.events as Codecs;
  const order = Object.keys(events);

  it(`X-01: ${aggregate.category} has a golden file for every version of every event, and no other`, () => {
    const expected = Object.entries(events).flatMap(([type, { version }]) =>
      Array.from({ length: version }, (_, index) => `${kebab(type)}.v${index + 1}.json`),
    );
    expect(readdirSync(directory).sort()).toEqual(expected.sort());
  });

  it(`X-03: fault row 15: the golden files of ${aggregate.category} decode, and each changes what is folded`, () => {
    const history = readdirSync(directory)
      .map((file) => JSON.parse(readFileSync(resolve(directory, file), 'utf8')) as Golden)
      // They tell one story: by date, and within a day in the order in which the codec lists the events.
      .sort((a, b) => {
        const [left, right] = [a.data.businessDate ?? '9999', b.data.businessDate ?? '9999'];
        const place = ({ type }: Golden) => order.indexOf(type.split('.')[1] ?? '');
        return left < right ? -1 : left > right ? 1 : place(a) - place(b);
      })
      .map((golden) => decoded(golden, events)) as unknown as Event[];
    history.forEach((_, index) => {
      const before = fold(aggregate.decider, history.slice(0, index));
      const after = fold(aggregate.decider, history.slice(0, index + 1));
      expect(after).not.toEqual(before);
    });
  });
}

describe('stored events stay readable', () => {
  suite('ledger', ledgerAggregate);
  suite('invoice', invoiceAggregate);
  suite('credit-note', creditNoteAggregate);
  suite('number-range', numberRangeAggregate);
  suite('dunning-policy', dunningPolicyAggregate);
  suite('dunning-calendar', dunningCalendarAggregate);
  suite('notice', noticeAggregate);
});
