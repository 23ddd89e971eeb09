import {
  type AnswersByRoute,
  count,
  digits,
  flag,
  instant,
  list,
  mapOf,
  object,
  one,
  orNull,
  receipt,
  reference,
  type Schema,
  type Schemas,
  text,
  uuid,
} from './schema.ts';

/** What administrators are answered: rebuilds, dead letters, replays, readers, backups, erasures. */

const rowsHash = orNull(object({ rows: digits, hash: text }));
const row = orNull({ type: 'object', description: 'The row by column.' });
const comparison: Schema = object({
  at: instant,
  positions: mapOf(digits, 'By service, the checkpoint at which both were compared.'),
  equal: flag,
  tables: list(
    object({
      table: text,
      verdict: one('equal', 'different', 'other-columns', 'only-live', 'only-rebuilt'),
      live: rowsHash,
      rebuilt: rowsHash,
      differentRows: count,
      first: list(
        object({
          key: mapOf(text, 'By key column.'),
          live: row,
          rebuilt: row,
          events: list(
            object(
              { service: text, position: digits, eventId: uuid, contract: text, stream: text },
              {
                description: 'An event behind the row, oldest first.',
              },
            ),
          ),
        }),
      ),
    }),
  ),
});

const rebuild: Schema = object({
  projection: text,
  version: count,
  number: count,
  schema: text,
  state: one('live', 'kept', 'building', 'paused', 'cancelled', 'discarded', 'retired'),
  startedBy: text,
  startedAt: instant,
  reason: orNull(text),
  comparison: orNull(reference('Comparison')),
  done: { ...digits, description: 'How much of the logs that it reads the copy has passed, in `unit`.' },
  total: digits,
  unit: { ...one('events', 'bytes'), description: 'What positions count: bytes on EventStoreDB, those of others too.' },
  eventsPerSecond: orNull({ type: 'number', minimum: 0 }),
  secondsLeft: orNull({ type: 'number', minimum: 0 }),
  caughtUp: flag,
  error: orNull(text),
  parkedStreams: count,
});

const verification: Schema = object({
  projection: text,
  at: instant,
  seconds: { type: 'number', minimum: 0 },
  comparison: reference('Comparison'),
});

const outcome: Schema = object(
  { lane: text, applied: count, error: orNull(text) },
  { description: '`error` is why the lane is still parked; null: nothing waits in it any more.' },
);

const parked: Schema = object({
  service: text,
  kind: one('projection', 'process', 'topic'),
  name: text,
  lane: text,
  eventId: { ...orNull(text), description: 'The event that failed; null: it was a timer.' },
  error: text,
  letters: count,
});

const letter: Schema = {
  type: 'object',
  properties: {
    service: text,
    position: digits,
    stream: { ...text, description: 'Of a projection alone.' },
    eventId: text,
    error: { ...orNull(text), description: 'Null: it waits behind one that failed.' },
    contract: { type: 'object', description: 'The event as published, personal fields sealed; of a topic the record.' },
  },
  required: ['service', 'position', 'eventId', 'error', 'contract'],
};

const topicReplay: Schema = object({
  id: uuid,
  service: text,
  topic: text,
  group: orNull(text),
  state: one('running', 'done', 'cancelled', 'failed'),
  logId: uuid,
  from: digits,
  to: digits,
  position: digits,
  events: count,
  error: orNull(text),
  startedBy: text,
  startedAt: instant,
  endedAt: orNull(instant),
  reason: orNull(text),
  eventsPerSecond: count,
  secondsLeft: orNull(count),
});
const topicReplayPlan: Schema = object({
  dryRun: flag,
  service: text,
  topic: text,
  topicExists: flag,
  logId: uuid,
  from: digits,
  to: digits,
  positions: digits,
});

export const administrationSchemas: Schemas = {
  Comparison: comparison,
  Rebuild: rebuild,
  ProjectionVerification: verification,
  TopicReplay: topicReplay,
};

const items = (of: Schema) => object({ items: list(of) });
const oneRebuild = reference('Rebuild');

export const administrationAnswers: AnswersByRoute = {
  'get /v1/platform/rebuilds': items(oneRebuild),
  'post /v1/platform/rebuilds': oneRebuild,
  'get /v1/platform/rebuilds/{name}': oneRebuild,
  'post /v1/platform/rebuilds/{name}/{step}': oneRebuild,
  'post /v1/platform/projections/{name}/rebuild': object({ projection: text, state: one('folding') }),
  'post /v1/platform/projections/{name}/replay': object({
    projection: text,
    streams: list(text),
    events: count,
    rows: count,
    changedRows: count,
    dryRun: flag,
  }),
  'post /v1/platform/projections/{name}/verify': reference('ProjectionVerification'),
  'get /v1/platform/verifications': items(reference('ProjectionVerification')),
  'get /v1/platform/parked': items(parked),
  'get /v1/platform/parked/{name}': items(letter),
  'post /v1/platform/parked/{name}/retry': items(outcome),
  'post /v1/platform/parked/{name}/skip': outcome,
  'get /v1/platform/stuck': items(
    object({
      service: text,
      process: text,
      key: orNull(text),
      reason: one('parked', 'timer-overdue', 'waiting'),
      since: instant,
      detail: { ...text, description: 'The error, the timer, or what is waited for.' },
    }),
  ),
  'post /v1/platform/consumers': object({
    consumer: text,
    service: text,
    group: orNull(text),
    owner: text,
    handled: digits,
  }),
  // A trial answers the second.
  'post /v1/platform/erasures': {
    anyOf: [receipt({ subject: uuid }), object({ dryRun: flag, subject: uuid, erasedBefore: flag })],
  },
  'get /v1/platform/topics/{service}/replays': items(reference('TopicReplay')),
  'post /v1/platform/topics/{service}/replays': reference('TopicReplay'),
  'get /v1/platform/topics/{service}/replays/{id}': reference('TopicReplay'),
  'post /v1/platform/topics/{service}/replays/{id}/cancel': reference('TopicReplay'),
};

export const administrationAlsoAnswered = {
  'post /v1/platform/topics/{service}/replays': {
    '200': {
      description: 'Asked with dryRun: what would be brought.',
      content: { 'application/json': { schema: topicReplayPlan } },
    },
  },
};
