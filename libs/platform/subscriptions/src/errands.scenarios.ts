import type { CloudEvent, DomainCommand, ProcessCommand, ProcessManager } from '@kontor/kernel';
import type pg from 'pg';
import type { CommandIdentity, SendCommand } from './runner-types.ts';

/** A made-up process: every note of a notebook sends one errand, the third one sets a timer, the timer sends a reminder. */
export interface ErrandState {
  readonly texts: readonly string[];
}
export interface Errand extends DomainCommand {
  readonly text: string;
  readonly number: number;
}

/** A text that the reaction does not understand, until a test repairs it. */
export const bug = { fixed: false };

interface Note {
  readonly text: string;
  readonly notebook?: string;
}

export const errands: ProcessManager<ErrandState, Errand> = {
  name: 'RunErrands',
  initial: { texts: [] },
  awaiting: ({ texts }) => (texts.at(-1) === 'wait' ? 'an answer' : null),
  reactions: {
    'kontor.notes.note-taken.v1': {
      correlate: (event) => {
        const { text, notebook } = event.data as Note;
        if (text === 'uncorrelated') throw new Error('whose is it?');
        return text === 'nobody' ? null : (notebook ?? event.subject);
      },
      react: (state, event: CloudEvent) => {
        const { text } = event.data as Note;
        if (text === 'poison' && !bug.fixed) throw new Error('the reaction does not understand poison');
        const texts = [...state.texts, text];
        const errand = (step: string, number: number): ProcessCommand<Errand> => ({
          step,
          aggregate: 'errand',
          key: event.subject,
          command: { type: 'RunErrand', text, number },
        });
        return {
          state: { texts },
          commands: text === 'twice' ? [errand('first', 1), errand('second', 2)] : [errand('run', texts.length)],
          ...(texts.length === 3 && {
            timers: [{ name: 'remind', dueAt: '2026-11-21T12:00:00.000Z', payload: { text } }],
          }),
        };
      },
    },
  },
  onTimer: (state, { key, payload }) => ({
    state: { texts: [...state.texts, 'reminded'] },
    commands: [
      {
        step: 'remind',
        aggregate: 'errand',
        key,
        command: { type: 'RunErrand', text: String(payload.text), number: 0 },
      },
    ],
  }),
};

export interface Sent {
  readonly command: ProcessCommand;
  readonly identity: CommandIdentity;
}

/** The other end, as a command runner behaves: an id that comes again gets the first receipt, and must be the same command. */
export async function recordingTarget(pool: pg.Pool): Promise<SendCommand> {
  await pool.query(`create table if not exists sent (
    command_id uuid primary key, body text not null, times int not null default 1, number serial)`);
  return async (command, identity) => {
    const body = JSON.stringify({ command, identity });
    const { rows } = await pool.query<{ body: string }>(
      `insert into sent (command_id, body) values ($1, $2)
       on conflict (command_id) do update set times = sent.times + 1 returning body`,
      [identity.commandId, body],
    );
    if (rows[0]?.body !== body) throw new Error(`another command under the same id: ${body}`);
  };
}

export async function sentTo(pool: pg.Pool): Promise<readonly Sent[]> {
  const { rows } = await pool.query<{ body: string }>('select body from sent order by number');
  return rows.map(({ body }) => JSON.parse(body) as Sent);
}
