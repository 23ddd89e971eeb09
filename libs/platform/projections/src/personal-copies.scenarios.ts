import { createHash } from 'node:crypto';
import { EventSerializer, type KeyVault, PostgresEventStore } from '@kontor/event-store';
import type { LogSource } from '@kontor/feed';
import { type CloudEvent, defineCodec } from '@kontor/kernel';
import type pg from 'pg';
import type { Projection } from './projection.ts';

const MET = 'kontor.people.person-met.v1';
const ERASED = 'kontor.people.person-erased.v1';

const codec = defineCodec('people', {
  PersonMet: { version: 1, personal: { subject: 'personId', fields: ['name'] } },
  PersonErased: { version: 1 },
});

interface PersonMet {
  readonly personId: string;
  readonly firm: string | null;
  readonly name: string | null;
}

/** Names of persons, sealed, beside names of firms, in the clear: one row for each meeting. */
export const peopleProjection: Projection = {
  name: 'people-read',
  version: 1,
  viewSchema: 'people',
  personal: { erasedBy: ERASED },
  tables: {
    meetings: {
      comment: 'Whom one met, one row per meeting',
      key: ['position'],
      subject: 'person_id',
      columns: {
        position: { type: 'bigint', comment: 'Position in the log' },
        person_id: { type: 'uuid', nullable: true, comment: 'The person; null: a firm' },
        name: { type: 'text', nullable: true, personal: true, comment: 'Name; null after an erasure' },
      },
    },
  },
  on: {
    [MET]: ({ data, position }: CloudEvent<PersonMet>) => {
      // What a handler quotes in its error lands among the dead letters.
      if (data.name?.startsWith('Bad') === true) throw new Error(`cannot greet ${data.name}`);
      const person_id = data.firm === null ? data.personId : null;
      return [{ table: 'meetings', put: { position: BigInt(position), person_id, name: data.firm ?? data.name } }];
    },
  },
};

export function peopleLog(pool: pg.Pool): LogSource {
  const contracts: { readonly [type: string]: string } = { PersonMet: MET, PersonErased: ERASED };
  return {
    store: new PostgresEventStore({ pool, schema: 'people_log' }),
    codecs: [codec],
    publication: {
      service: 'people',
      publish: ({ type, data }) => ({ contract: contracts[type] as string, data }),
    },
  };
}

let count = 0;

export async function met(source: LogSource, vault: KeyVault, data: PersonMet): Promise<void> {
  await append(source, vault, `person-${data.personId}`, { type: 'PersonMet', data: { ...data } });
}

export async function erased(source: LogSource, vault: KeyVault, subject: string): Promise<void> {
  await append(source, vault, `erasure-${subject}`, { type: 'PersonErased', data: { subject } });
}

async function append(
  source: LogSource,
  vault: KeyVault,
  stream: string,
  event: { readonly type: string; readonly data: object },
): Promise<void> {
  count += 1;
  const id = personId(`event ${count}`);
  const metadata = {
    occurredAt: '2026-11-21T10:00:00.000Z',
    actor: 'somebody',
    origin: 'person',
    commandId: id,
    requestHash: 'hash',
    correlationId: id,
  } as const;
  const events = await new EventSerializer([codec], vault).serialize(codec, [{ event, id, metadata }]);
  await source.store.append(stream, 'any', events);
}

export function personId(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
