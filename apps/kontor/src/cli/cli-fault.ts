/** What the platform says besides the sentence: the fields that are wrong, the facts of the refusal. */
export interface FaultDetails {
  readonly errors?: readonly { readonly field: string; readonly reason: string }[];
  readonly facts?: { readonly [name: string]: unknown };
}

/** What a person at the command line is told; the process ends with code 1. */
export class CliFault extends Error {
  readonly code: string | undefined;
  /** The platform gave no answer: what was asked for may have happened. */
  readonly unanswered: boolean;
  readonly details: FaultDetails;

  constructor(sentence: string, code?: string, unanswered = false, details: FaultDetails = {}) {
    super(sentence);
    this.name = 'CliFault';
    this.code = code;
    this.unanswered = unanswered;
    this.details = details;
  }
}
