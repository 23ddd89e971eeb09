/** What a person at the command line is told; the process ends with code 1. */
export class CliFault extends Error {
  constructor(
    sentence: string,
    readonly code?: string,
  ) {
    super(sentence);
    this.name = 'CliFault';
  }
}
