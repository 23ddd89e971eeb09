import type { Refused } from './decider.ts';

/** JSON values, the only things that facts, events and contracts are made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Why a command was refused: a code (a sentence without spaces), a sentence for a person, and the facts it was
 * decided on. A refusal is a value; only faults are thrown.
 */
export interface Refusal {
  readonly code: string;
  readonly sentence: string;
  readonly facts: { readonly [name: string]: Json };
}

export function refuse(code: string, sentence: string, facts: { readonly [name: string]: Json } = {}): Refused {
  return { kind: 'refused', refusal: { code, sentence, facts } };
}
