import { errorText } from './retry.ts';

/**
 * The log behind the feed is not the one the position came from. When it was moved to another store, `position` is where a
 * reader goes on in it; else positions say nothing any more: fold from the beginning.
 */
export class LogChanged extends Error {
  constructor(
    readonly service: string,
    readonly expectedLogId: string,
    readonly logId: string,
    readonly position: bigint | null = null,
  ) {
    super(
      `the log of ${service} is ${logId}, the position belongs to ${expectedLogId}` +
        (position === null ? '' : `; in the log of now it is ${position}`),
    );
    this.name = 'LogChanged';
  }
}

/** The position lies above the head of the log, as after a restore from an older backup. */
export class PositionNotYetReached extends Error {
  constructor(
    readonly service: string,
    readonly position: bigint,
    readonly head: bigint,
  ) {
    super(`the log of ${service} ends at ${head}, before ${position}`);
    this.name = 'PositionNotYetReached';
  }
}

export class UnknownService extends Error {
  constructor(readonly service: string) {
    super(`no feed of a service ${service} is known`);
    this.name = 'UnknownService';
  }
}

/** The other side did not answer or went silent. Nothing is lost: read again from the last watermark. */
export class FeedUnavailable extends Error {
  constructor(
    readonly service: string,
    reason: string,
    options?: { cause: unknown },
  ) {
    super(`the feed of ${service} is not available: ${reason}`, options);
    this.name = 'FeedUnavailable';
  }
}

/** A record names a predecessor in its partition that this consumer never saw: the consumer goes back to history. */
export class FeedGap extends Error {
  constructor(
    readonly service: string,
    readonly partition: number,
    readonly checkpoint: bigint,
    readonly previousPosition: bigint,
  ) {
    super(`${service}, partition ${partition}: the record before is ${previousPosition}, the checkpoint ${checkpoint}`);
    this.name = 'FeedGap';
  }
}

/** An event of the service's own context that no codec knows: publishing around it would lose it silently. */
export class UnknownStoredEvent extends Error {
  constructor(
    readonly storedType: string,
    readonly position: bigint,
  ) {
    super(`no codec knows ${storedType}, stored at position ${position}`);
    this.name = 'UnknownStoredEvent';
  }
}

/** The event is of a later version of a contract than the handlers know: its stream is parked until the code is newer. */
export class NewerContract extends Error {
  constructor(
    readonly consumer: string,
    readonly contract: string,
  ) {
    super(`${contract} is newer than what ${consumer} understands: run a newer version of it, then retry`);
    this.name = 'NewerContract';
  }
}

/** Who wanted to reach the head and return was kept from it by one fault after the other. What was handled stays. */
export class NotReached extends Error {
  constructor(
    readonly service: string,
    attempts: number,
    options: { cause: unknown },
  ) {
    super(
      `the head of ${service} was not reached in ${attempts} attempts; the last one: ${errorText(options.cause)}`,
      options,
    );
    this.name = 'NotReached';
  }
}
