import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fold, type Aggregate, type DomainCommand, type DomainEvent, type StoredData } from '@kontor/kernel';
import { accountAggregate } from './account/account.codec.ts';
import { erasureAggregate } from './erasure/erasure.decider.ts';
import { importRunAggregate } from './import-run/import-run.decider.ts';
import { numberClaimAggregate } from './number-claim/number-claim.decider.ts';
import { numberRangeAggregate } from './number-range/number-range.decider.ts';
import { opportunityAggregate } from './opportunity/opportunity.codec.ts';
import { pipelineAggregate } from './pipeline/pipeline.decider.ts';
import { staffAggregate } from './staff/staff.codec.ts';

interface Golden {
  readonly type: string;
  readonly data: StoredData;
}

/** What the store does when it reads: upcast from the stored version to the present one, personal fields in the clear. */
function decoded(
  golden: Golden,
  events: Aggregate<unknown, DomainCommand, DomainEvent>['codec']['events'],
): DomainEvent {
  const [, type = '', version = ''] = golden.type.split('.');
  const codec = events[type];
  if (codec === undefined) throw new Error(`${golden.type} is the golden file of no event`);
  let data = golden.data;
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
  const events = aggregate.codec.events as Aggregate<unknown, DomainCommand, DomainEvent>['codec']['events'];

  it(`X-01: ${aggregate.category} has a golden file for every version of every event, and no other`, () => {
    const expected = Object.entries(events).flatMap(([type, { version }]) =>
      Array.from({ length: version }, (_, index) => `${kebab(type)}.v${index + 1}.json`),
    );
    expect(readdirSync(directory).sort()).toEqual(expected.sort());
  });

  it(`X-03: fault row 15: the golden files of ${aggregate.category} decode and fold`, () => {
    const first = Object.keys(events)[0] ?? '';
    const files = readdirSync(directory).sort(
      (a, b) => Number(b.startsWith(`${kebab(first)}.`)) - Number(a.startsWith(`${kebab(first)}.`)),
    );
    const history = files.map((file) =>
      decoded(JSON.parse(readFileSync(resolve(directory, file), 'utf8')) as Golden, events),
    ) as unknown as Event[];
    history.forEach((_, index) => {
      const before = fold(aggregate.decider, history.slice(0, index));
      const after = fold(aggregate.decider, history.slice(0, index + 1));
      expect(after).not.toEqual(before);
    });
  });
}

describe('stored events stay readable', () => {
  suite('account', accountAggregate);
  suite('opportunity', opportunityAggregate);
  suite('pipeline', pipelineAggregate);
  suite('staff', staffAggregate);
  suite('number-range', numberRangeAggregate);
  suite('number-claim', numberClaimAggregate);
  suite('import-run', importRunAggregate);
  suite('erasure', erasureAggregate);
});
