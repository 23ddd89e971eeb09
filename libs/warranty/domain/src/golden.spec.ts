import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fold, type Aggregate, type DomainCommand, type DomainEvent, type StoredData } from '@kontor/kernel';
import { claimAggregate } from './claim/claim.decider.ts';
import { unitAggregate } from './unit/unit.decider.ts';
import { warrantyTermAggregate } from './warranty-term/warranty-term.decider.ts';

interface Golden {
  readonly type: string;
  readonly data: StoredData;
}

const fileName = (event: string, version: number) =>
  `${event.replace(/(?<=[a-z])[A-Z]/gu, (letter) => `-${letter}`).toLowerCase()}.v${version}.json`;

function storedVersions(aggregate: Aggregate<unknown, DomainCommand, DomainEvent>) {
  return Object.entries(aggregate.codec.events).flatMap(([event, codec]) =>
    Array.from({ length: codec.version }, (_, index) => ({
      event,
      version: index + 1,
      file: fileName(event, index + 1),
    })),
  );
}

/** Reads a stored event as the service does: every upcast from its version to the current one. */
function decode(
  aggregate: Aggregate<unknown, DomainCommand, DomainEvent>,
  event: string,
  version: number,
  golden: Golden,
) {
  const codec = aggregate.codec.events[event];
  let data = golden.data;
  for (let from = version; from < (codec?.version ?? 0); from += 1) data = codec?.upcasts?.[from]?.(data) ?? data;
  return { type: event, data };
}

describe.each([
  ['unit', unitAggregate],
  ['warranty-term', warrantyTermAggregate],
  ['claim', claimAggregate],
])('golden files of %s', (folder, typed) => {
  const aggregate = typed as unknown as Aggregate<unknown, DomainCommand, DomainEvent>;
  const directory = join(import.meta.dirname, folder, 'golden');
  const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Golden;

  it('every version of every event has one, and there is no other', () => {
    expect(readdirSync(directory).sort()).toEqual(
      storedVersions(aggregate)
        .map(({ file }) => file)
        .sort(),
    );
  });

  it('fault row 15: each bears its stored name, and its events fold in the order of the codec', () => {
    const events = storedVersions(aggregate).map(({ event, version, file }) => {
      const golden = read(file);
      expect(golden.type).toBe(`${aggregate.codec.context}.${event}.v${version}`);
      return decode(aggregate, event, version, golden);
    });
    const state = fold(aggregate.decider, events);
    // What an event lacked would show as a field that JSON drops.
    expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
  });
});
