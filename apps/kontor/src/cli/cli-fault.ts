/** What a person at the command line is told; the process ends with code 1. */
export class CliFault extends Error {
  readonly code: string | undefined;
  /** The platform gave no answer: what was asked for may have happened. */
  readonly unanswered: boolean;

  constructor(sentence: string, code?: string, unanswered = false) {
    super(sentence);
    this.name = 'CliFault';
    this.code = code;
    this.unanswered = unanswered;
  }
}
