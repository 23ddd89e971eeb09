/** `If-Match` named a revision that is no longer the current one. */
export class StaleRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: bigint,
    readonly actual: bigint,
  ) {
    super(`${stream} is at revision ${actual}, not ${expected}`);
    this.name = 'StaleRevision';
  }
}

export class IdempotencyKeyReused extends Error {
  constructor(readonly commandId: string) {
    super(`command ${commandId} was handled with another request`);
    this.name = 'IdempotencyKeyReused';
  }
}

/** Others kept changing the stream for as often as a decision is tried. */
export class CommandContention extends Error {
  constructor(
    readonly stream: string,
    readonly attempts: number,
  ) {
    super(`${stream} changed during each of ${attempts} attempts`);
    this.name = 'CommandContention';
  }
}

/** Neither an acknowledgement nor the read-back came: repeat with the same command id. */
export class OutcomeUnknown extends Error {
  constructor(
    readonly stream: string,
    options: { cause: unknown },
  ) {
    super(`whether ${stream} was changed is not known`, options);
    this.name = 'OutcomeUnknown';
  }
}
