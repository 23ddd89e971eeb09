/** Long enough that what is done soon says nothing, short enough that a log shows that it goes on. */
export const LINE_EVERY_MS = 10_000;

/** Progress where there is no terminal to draw on: now and then a line. */
export class ProgressLines {
  readonly #write: (text: string) => unknown;
  #saidAt = performance.now();

  constructor(write: (text: string) => unknown) {
    this.#write = write;
  }

  say(text: string): void {
    const now = performance.now();
    if (now - this.#saidAt < LINE_EVERY_MS) return;
    this.#saidAt = now;
    this.#write(`${text}\n`);
  }
}
