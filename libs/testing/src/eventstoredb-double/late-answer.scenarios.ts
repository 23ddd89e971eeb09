import { randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import { eventStoreDbDouble } from './double.ts';

/** A client in the batch mode, and a server that answers a bad event twice. Prints "answered" after the first of the two. */
const double = await eventStoreDbDouble();
double.faults.lateTimeouts = true;
const client = EventStoreDBClient.connectionString(double.url);
const bad = { id: randomUUID(), type: '', contentType: 'application/octet-stream', data: new Uint8Array([1]) } as const;
await client.appendToStream('thing-1', [{ ...bad, metadata: undefined }], { deadline: 300 }).catch(() => {
  console.log('answered');
});
