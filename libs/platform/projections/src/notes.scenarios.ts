import { createHash } from 'node:crypto';
import { type NewEvent, PostgresEventStore } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { type CloudEvent, defineCodec } from '@kontor/kernel';
import type pg from 'pg';
import type { Projection } from './projection.ts';
import { schemaOf } from './schema.ts';

/** A made-up service with everything a projection meets: rows that are put, changed and deleted, and unpublished events. */
const TAKEN = 'kontor.notes.note-taken.v1';
const ERASED = 'kontor.notes.notebook-erased.v1';
const COUNTED = 'kontor.notes.page-counted.v1';

interface NoteTaken {
  readonly text: string;
  readonly on: string;
}

/** Handlers of this name are repaired by a test: the flag says whether they still throw. */
export const bug = { fixed: false };

const decideWhetherToFail = ({ text }: NoteTaken): void => {
  if (text === 'poison' && !bug.fixed) throw new Error('the handler does not understand poison');
};

export function notesProjection(version = 1): Projection {
  return {
    name: 'notes-read',
    version,
    viewSchema: 'reading',
    tables: {
      notes: {
        comment: 'Every note that was taken',
        key: ['notebook', 'revision'],
        columns: {
          notebook: { type: 'text', comment: 'Stream of the notebook' },
          revision: { type: 'integer', comment: 'Which event of the notebook' },
          text: { type: 'text', comment: 'What was noted' },
          taken_on: { type: 'date', comment: 'Business date' },
          recorded_at: { type: 'timestamptz', comment: 'When the store recorded it' },
          position: { type: 'bigint', comment: 'Position in the log' },
          facts: { type: 'jsonb', comment: 'The event as data' },
          note: { type: 'text', nullable: true, personal: true, comment: 'Never filled' },
        },
        indexes: ['text'],
      },
      notebooks: {
        comment: 'One row for each notebook that has pages',
        key: ['notebook'],
        columns: {
          notebook: { type: 'text', comment: 'Stream of the notebook' },
          pages: { type: 'bigint', comment: 'Notes and counted pages' },
          last_text: { type: 'text', nullable: true, comment: 'The newest note' },
          busy: { type: 'boolean', comment: 'More than three pages' },
        },
        indexes: ['last_text'],
      },
    },
    views: {
      busy_notebooks: {
        comment: 'Notebooks with their number of notes',
        columns: { notebook: 'Stream of the notebook', notes: 'Notes in it' },
        select:
          'select b.notebook, count(*) as notes from notebooks b join notes n using (notebook) group by b.notebook',
      },
    },
    skips: [{ eventId: '00000000-0000-4000-8000-000000000001', who: 'somebody', why: 'taken twice' }],
    on: {
      [TAKEN]: (event: CloudEvent<NoteTaken>) => {
        decideWhetherToFail(event.data);
        return [
          {
            table: 'notes',
            put: {
              notebook: event.subject,
              revision: event.revision,
              text: event.data.text,
              taken_on: event.data.on,
              recorded_at: event.recordedat,
              position: BigInt(event.position),
              facts: { revision: event.revision, text: event.data.text },
            },
          },
          {
            table: 'notebooks',
            key: { notebook: event.subject },
            change: (row) => {
              const pages = Number(row?.pages ?? 0) + 1;
              return { notebook: event.subject, pages, last_text: event.data.text, busy: pages > 3 };
            },
          },
        ];
      },
      [COUNTED]: (event: CloudEvent) => [
        {
          table: 'notebooks',
          key: { notebook: event.subject },
          change: (row) => (row === undefined ? undefined : { ...row, pages: Number(row.pages) + 1 }),
        },
      ],
      [ERASED]: (event: CloudEvent) => [{ table: 'notebooks', key: { notebook: event.subject }, change: () => null }],
    },
  };
}

const codec = defineCodec('notes', {
  NoteTaken: { version: 1 },
  NotebookErased: { version: 1 },
  PageCounted: { version: 1 },
  Whispered: { version: 1 },
});

const PUBLISHED: { readonly [type: string]: string } = {
  NoteTaken: TAKEN,
  NotebookErased: ERASED,
  PageCounted: COUNTED,
};

export function notesLog(pool: pg.Pool): LogSource {
  return {
    store: new PostgresEventStore({ pool, schema: 'notes_log' }),
    codecs: [codec],
    publication: {
      service: 'notes',
      publish: ({ type, data }) => {
        const contract = PUBLISHED[type];
        return contract === undefined ? undefined : { contract, data };
      },
    },
  };
}

/** Deterministic: the n-th event of a seed is always the same, id included. */
export function* noteEvents(
  seed: string,
  count: number,
  notebooks = 7,
): Generator<{ stream: string; event: NewEvent }> {
  for (let index = 0; index < count; index += 1) {
    const hash = createHash('sha256').update(`${seed} ${index}`).digest();
    const stream = `notebook-${hash.readUInt16BE(0) % notebooks}`;
    const die = hash.readUInt8(2) % 10;
    const on = `2026-0${1 + (hash.readUInt8(3) % 9)}-1${hash.readUInt8(4) % 10}`;
    const type = die < 6 ? 'NoteTaken' : die === 6 ? 'NotebookErased' : die === 7 ? 'PageCounted' : 'Whispered';
    const data = type === 'NoteTaken' ? { text: `note "${index}" \\ of ${seed}`, on } : {};
    yield { stream, event: noteEvent(hash, type, data) };
  }
}

export function taken(text: string): NewEvent {
  return noteEvent(createHash('sha256').update(`${text} ${performance.now()}`).digest(), 'NoteTaken', {
    text,
    on: '2026-11-21',
  });
}

function noteEvent(hash: Buffer, type: string, data: object): NewEvent {
  const hex = hash.toString('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return {
    id,
    type: `notes.${type}.v1`,
    data: Buffer.from(JSON.stringify(data)),
    metadata: {
      occurredAt: '2026-11-21T10:00:00.000Z',
      actor: 'somebody',
      origin: 'person',
      commandId: id,
      requestHash: 'hash',
      correlationId: id,
    },
  };
}

export async function appendAll(
  source: LogSource,
  events: Iterable<{ stream: string; event: NewEvent }>,
): Promise<void> {
  const byStream = new Map<string, Promise<unknown>>();
  for (const { stream, event } of events)
    byStream.set(
      stream,
      (byStream.get(stream) ?? Promise.resolve()).then(() => source.store.append(stream, 'any', [event])),
    );
  await Promise.all(byStream.values());
}

/** Every published event of the log up to a position, as the feed gives them. */
export async function published(source: LogSource, upTo?: bigint): Promise<readonly CloudEvent[]> {
  const events: CloudEvent[] = [];
  const { signal } = new AbortController();
  for await (const batch of new LogFeed([source]).read({ service: 'notes', after: 0n, follow: false, signal }))
    events.push(...batch.events.filter(({ position }) => upTo === undefined || BigInt(position) <= upTo));
  return events;
}

/** A hash over every row of every table of a projection, as the database prints them. */
export async function tablesHash(pool: pg.Pool, projection: Projection): Promise<string> {
  const hashes: string[] = [];
  for (const [name, table] of Object.entries(projection.tables)) {
    const { rows } = await pool.query<{ hash: string | null }>(
      `select md5(string_agg(t::text, e'\\n' order by ${table.key.join(', ')})) as hash from ${schemaOf(projection)}."${name}" t`,
    );
    hashes.push(`${name} ${rows[0]?.hash ?? 'empty'}`);
  }
  return hashes.join('\n');
}

/** The next version of the code: its table of notes has a column more, behind the others. */
export function notesWithWords(): Projection {
  const before = notesProjection(2);
  const { notes, ...others } = before.tables;
  if (notes === undefined) throw new RangeError('there is no table of notes');
  const words = { type: 'integer', comment: 'How many words the note has' } as const;
  return {
    ...before,
    tables: { notes: { ...notes, columns: { ...notes.columns, words } }, ...others },
    on: {
      ...before.on,
      [TAKEN]: (event: CloudEvent<never>) =>
        (before.on[TAKEN]?.(event) ?? []).map((change) =>
          change.table === 'notes' && 'put' in change
            ? { ...change, put: { ...change.put, words: String(change.put['text']).split(' ').length } }
            : change,
        ),
    },
  };
}
