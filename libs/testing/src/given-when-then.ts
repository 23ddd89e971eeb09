import { expect } from '@jest/globals';
import { decide, fold, type Decider, type DomainCommand, type DomainEvent, type Json } from '@kontor/kernel';

/**
 * A specification without mocks: given what happened, when a command comes, then exactly these events follow, or
 * exactly this refusal. Equality is of everything, never of a part.
 */
export function given<State, Command extends DomainCommand, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  events: readonly Event[],
) {
  const state = fold(decider, events);
  return {
    state,
    when: (command: Command) => {
      const decision = decide(decider, command, state);
      return {
        decision,
        /** The very events; none at all means "already so". */
        then: (...expected: readonly Event[]) => {
          expect(decision).toEqual({ kind: 'accepted', events: expected });
        },
        /** Code and facts; the sentence is for people and may be reworded. */
        thenRefused: (code: string, facts: { readonly [name: string]: Json }) => {
          expect(decision).toEqual({
            kind: 'refused',
            refusal: { code, sentence: expect.stringMatching(/\S/u), facts },
          });
        },
      };
    },
  };
}
