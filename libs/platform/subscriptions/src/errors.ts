/** Another process took over: what was worked out here is thrown away, and the other sends the same commands. */
export class LeaseLost extends Error {
  constructor(readonly process: string) {
    super(`another process runs ${process}`);
    this.name = 'LeaseLost';
  }
}

/** Only the process that runs a process manager may touch what is parked there. */
export class LeaseHeldElsewhere extends Error {
  constructor(readonly process: string) {
    super(`${process} is run by another process, which alone can retry what is parked`);
    this.name = 'LeaseHeldElsewhere';
  }
}

/** The lane does not wait, or not because of this event: only the first one of a parked lane can be skipped. */
export class NotParked extends Error {
  constructor(
    readonly process: string,
    what: string,
  ) {
    super(`${process}: ${what}`);
    this.name = 'NotParked';
  }
}
