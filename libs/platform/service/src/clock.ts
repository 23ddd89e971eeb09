/** The one source of time. Instants are ISO 8601 in UTC; a sandbox or a test moves it. */
export abstract class Clock {
  abstract now(): string;
}

export class SystemClock extends Clock {
  now(): string {
    return new Date().toISOString();
  }
}

/** A clock that stands where it was put: for tests and the sandbox. */
export class FixedClock extends Clock {
  constructor(private instant: string) {
    super();
  }
  now(): string {
    return this.instant;
  }
  moveTo(instant: string): void {
    this.instant = instant;
  }
}
