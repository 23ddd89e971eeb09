/** Why the platform cannot start, in one sentence for the person who typed the command. Ends the process with code 1. */
export class StartFault extends Error {
  constructor(sentence: string, options?: { cause: unknown }) {
    super(sentence, options);
    this.name = 'StartFault';
  }
}
