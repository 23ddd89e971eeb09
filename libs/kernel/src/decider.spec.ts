import { expect, it } from '@jest/globals';
import { accept, type Decider, decide, fold } from './decider.ts';
import { refuse } from './refusal.ts';

type Lamp = { readonly on: boolean; readonly switched: number };
type LampCommand = { readonly type: 'SwitchOn' } | { readonly type: 'Break' };
type LampEvent = { readonly type: 'SwitchedOn'; readonly data: { readonly by: string } };

const lamp: Decider<Lamp, LampCommand, LampEvent> = {
  initial: { on: false, switched: 0 },
  evolve: { SwitchedOn: (state) => ({ on: true, switched: state.switched + 1 }) },
  decide: {
    SwitchOn: (_command, state) =>
      state.on ? accept() : accept({ type: 'SwitchedOn', data: { by: 'hand' } } as const),
    Break: () => refuse('NotBreakable', 'It does not break.', { material: 'steel' }),
  },
};

it('accepts with events, with none when it is already so, and refuses with code and facts', () => {
  const first = decide(lamp, { type: 'SwitchOn' }, lamp.initial);
  expect(first).toEqual({ kind: 'accepted', events: [{ type: 'SwitchedOn', data: { by: 'hand' } }] });
  const lit = fold(lamp, [{ type: 'SwitchedOn', data: { by: 'hand' } }]);
  expect(lit).toEqual({ on: true, switched: 1 });
  expect(decide(lamp, { type: 'SwitchOn' }, lit)).toEqual({ kind: 'accepted', events: [] });
  expect(decide(lamp, { type: 'Break' }, lit)).toEqual({
    kind: 'refused',
    refusal: { code: 'NotBreakable', sentence: 'It does not break.', facts: { material: 'steel' } },
  });
});
