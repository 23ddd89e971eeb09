import type { ExpectedRevision } from './event-store.ts';

export class WrongExpectedRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** −1 when the stream does not exist. */
    readonly actual: bigint,
  ) {
    super(`${stream}: expected revision ${expected}, it is ${actual}`);
    this.name = 'WrongExpectedRevision';
  }
}

export class AppendTooLarge extends Error {
  constructor(
    readonly stream: string,
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`${stream}: an append of ${bytes} bytes is larger than ${maxBytes}`);
    this.name = 'AppendTooLarge';
  }
}

export class EventTooLarge extends Error {
  constructor(
    readonly stream: string,
    readonly eventType: string,
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`${stream}: ${eventType} has ${bytes} bytes, more than ${maxBytes}`);
    this.name = 'EventTooLarge';
  }
}

/** A fault of the calling code: no events, a name or an id that no store can hold. Nothing was written. */
export class InvalidAppend extends Error {
  constructor(
    readonly stream: string,
    readonly reason: string,
  ) {
    super(`append to ${JSON.stringify(stream)}: ${reason}`);
    this.name = 'InvalidAppend';
  }
}

/** The store did not answer in time. Whether the append happened is unknown until the stream is read back. */
export class StoreTimeout extends Error {
  constructor(
    readonly operation: string,
    readonly afterMs: number,
  ) {
    super(`${operation} was not answered within ${afterMs} ms`);
    this.name = 'StoreTimeout';
  }
}

/** `outcome` says whether an append may have happened all the same; then the stream must be read back. */
export class StoreUnavailable extends Error {
  readonly outcome: 'nothing-written' | 'unknown';

  constructor(operation: string, options: { cause: unknown; outcome?: 'nothing-written' | 'unknown' }) {
    super(`${operation}: the event store is not available`, { cause: options.cause });
    this.name = 'StoreUnavailable';
    this.outcome = options.outcome ?? 'nothing-written';
  }
}

/** The log or the keys were written by a newer version of the product, which this one must not touch. */
export class StoreSchemaTooNew extends Error {
  constructor(
    readonly schema: string,
    readonly found: number,
    readonly supported: number,
  ) {
    super(`schema ${schema} has version ${found}, this program knows versions up to ${supported}`);
    this.name = 'StoreSchemaTooNew';
  }
}

/** A stored name that no codec knows, or one of a newer version than this program writes. */
export class UnknownEventType extends Error {
  constructor(
    readonly storedType: string,
    readonly reason: string,
  ) {
    super(`${storedType}: ${reason}`);
    this.name = 'UnknownEventType';
  }
}
