import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { Codec, EventCodec, StoredData } from '@kontor/kernel';

// A golden file is what a version of an event looked like when it was first stored. It is never edited: where one no
// longer fits, the event needs a new version and an upcast.

/** What is asked of an aggregate, whatever its state, its commands and its events are. */
interface Readable {
  readonly category: string;
  readonly codec: Codec;
  readonly decider: {
    readonly initial: unknown;
    readonly evolve: { readonly [type: string]: (state: never, data: never) => unknown };
  };
}

interface GoldenEvent {
  readonly type: string;
  /** As the fold sees them: upcast to the present version, personal fields in the clear. */
  readonly data: StoredData;
}

/**
 * The golden files of the aggregates whose folder this is: one for every version of every event and no other, and each
 * aggregate folds its own. `passedOver`: events that change nothing in the state, on purpose.
 */
export function goldenFiles(
  directory: string,
  aggregates: readonly Readable[],
  { passedOver = [] }: { readonly passedOver?: readonly string[] } = {},
): void {
  const names = aggregates.map(({ category }) => category);

  it(`every version of every event of ${names.join(' and ')} has its golden file, and there is no other`, () => {
    const expected = aggregates.flatMap(({ codec }) => storedVersions(codec).map(({ file }) => file));
    expect(readdirSync(directory).sort()).toEqual(expected.sort());
  });

  for (const { category, codec, decider } of aggregates)
    it(`the golden files of ${category} decode and fold: each changes the state, and lacks nothing that the fold takes from it`, () => {
      let state = decider.initial;
      for (const [type, versions] of Map.groupBy(goldenEvents(directory, codec), (event) => event.type)) {
        const before = state;
        for (const { data } of versions) {
          state = decider.evolve[type]?.(before as never, data as never);
          if (passedOver.includes(type)) expect(state).toBe(before);
          else expect(state).not.toEqual(before);
          expect([type, gaps(state)]).toEqual([type, []]);
        }
      }
    });
}

/** The events of the golden files as they tell one story: by date, and within a day in the order of the codec. */
export function goldenEvents(directory: string, codec: Codec): readonly GoldenEvent[] {
  const dateOf = ({ data }: GoldenEvent) => (data['businessDate'] ?? '9999') as string;
  return storedVersions(codec)
    .map(({ type, version, file }) => {
      const golden = JSON.parse(readFileSync(join(directory, file), 'utf8')) as StoredData;
      return { type, data: decoded(codec, type, version, golden) };
    })
    .sort((a, b) => (dateOf(a) < dateOf(b) ? -1 : dateOf(a) > dateOf(b) ? 1 : 0));
}

function storedVersions({ events }: Codec) {
  return Object.entries<EventCodec>(events).flatMap(([type, codec]) =>
    Array.from({ length: codec.version }, (_, index) => ({
      type,
      version: index + 1,
      file: `${type.replace(/(?<=.)[A-Z]/gu, '-$&').toLowerCase()}.v${index + 1}.json`,
    })),
  );
}

/** What the store does when it reads. The file holds the data of the event, or its stored name beside them. */
function decoded({ context, events }: Codec, type: string, version: number, golden: StoredData): StoredData {
  const codec = events[type] as EventCodec;
  const named = 'data' in golden;
  if (named) expect(golden['type']).toBe(`${context}.${type}.v${version}`);
  let data = named ? (golden['data'] as StoredData) : golden;
  for (let from = version; from < codec.version; from += 1) {
    const upcast = codec.upcasts?.[from];
    if (upcast === undefined) throw new Error(`${type} has no way from version ${from}`);
    data = upcast(data);
  }
  const clear = (codec.personal?.fields ?? []).map((field) => [field, data[field] && 'in the clear']);
  return { ...data, ...Object.fromEntries(clear) };
}

/** Where a state has nothing to say: the fold took what the event has not got. */
function gaps(value: unknown, path = 'state'): readonly string[] {
  if (value === undefined || Number.isNaN(value)) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Array.from(entriesOf(value), ([key, inner]) => gaps(inner, `${path}.${String(key)}`)).flat();
}

/** Maps of all kinds have entries to ask for; a record may have a field of that name. */
function entriesOf(value: object): Iterable<readonly [unknown, unknown]> {
  return 'entries' in value && typeof value.entries === 'function'
    ? (value as Map<unknown, unknown>).entries()
    : Object.entries(value);
}
