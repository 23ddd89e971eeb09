import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Aggregate, type DomainCommand, type DomainEvent, fold } from '@kontor/kernel';
import { installationAggregate } from './installation.decider.ts';
import { subscriptionAggregate } from './subscription.decider.ts';

interface Golden {
  readonly type: string;
  readonly data: object;
}

const directory = join(import.meta.dirname, 'golden');
const golden = readdirSync(directory).map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Golden);
const aggregates = [installationAggregate, subscriptionAggregate] as unknown as Aggregate<
  number,
  DomainCommand,
  DomainEvent
>[];

describe('what administrators did, as it was stored', () => {
  it('X-01: every version of every event has a golden file, and there is no other', () => {
    const stored = aggregates.flatMap(({ codec: { context, events } }) =>
      Object.entries(events).flatMap(([type, { version }]) =>
        Array.from({ length: version }, (_, index) => `${context}.${type}.v${index + 1}`),
      ),
    );
    expect(golden.map(({ type }) => type).sort()).toEqual(stored.sort());
  });

  it('X-03: is remembered, deed by deed', () => {
    for (const { codec, decider } of aggregates) {
      const events = golden
        .map(({ type, data }) => ({ type: type.split('.')[1] ?? '', data }))
        .filter(({ type }) => type in codec.events);
      expect(fold(decider, events)).toBe(Object.keys(codec.events).length);
    }
  });
});
