import { afterEach, beforeEach, describe } from '@jest/globals';
import { appendContract } from './event-store-contract-append.ts';
import type { EventStoreFactory, EventStoreFixture } from './event-store-contract-events.ts';
import { faultContract } from './event-store-contract-faults.ts';
import { limitContract } from './event-store-contract-limits.ts';
import { randomContract } from './event-store-contract-random.ts';
import { readContract } from './event-store-contract-read.ts';
import { repeatContract } from './event-store-contract-repeat.ts';
import { subscribeContract } from './event-store-contract-subscribe.ts';

/** What every adapter of the EventStore port has to keep. Each test has a log of its own. */
export function eventStoreContract(name: string, factory: EventStoreFactory): void {
  describe(`${name} keeps the contract of an event store`, () => {
    let current: EventStoreFixture | undefined;
    beforeEach(async () => {
      current = await factory();
    });
    afterEach(async () => {
      await current?.close();
      current = undefined;
    });
    const fixture = (): EventStoreFixture => {
      if (current === undefined) throw new Error('no event store was made for this test');
      return current;
    };
    appendContract(fixture);
    repeatContract(fixture);
    limitContract(fixture);
    readContract(fixture);
    subscribeContract(fixture);
    faultContract(fixture);
    randomContract(fixture);
  });
}
