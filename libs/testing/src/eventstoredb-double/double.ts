import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import {
  type IServerFeaturesServer,
  ServerFeaturesService,
} from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { type IStreamsServer, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { append, softDelete, tombstone } from './append-service.ts';
import { batchAppend } from './batch-service.ts';
import { Faults } from './faults.ts';
import { DoubleLog } from './log.ts';
import { read } from './read-service.ts';
import { Served } from './served.ts';
import { fail, failure, type Failure } from './wire.ts';

/** What a real server takes as one message: 16 MiB less 10 000 bytes. */
const MAX_MESSAGE_BYTES = 16_767_216;
const VERSION = '24.2.0';

export interface DoubleOptions {
  readonly port?: number;
  /** 1 MiB up to version 25.0, 256 MiB from 25.1. */
  readonly maxAppendBytes?: number;
  /** The log of a server that went away, to go on with. */
  readonly log?: DoubleLog;
}

/** A server of the EventStoreDB protocol, in memory, as faithful as docs/eventstoredb.md says. */
export interface EventStoreDbDouble {
  /** `esdb://127.0.0.1:…?tls=false` */
  readonly url: string;
  readonly port: number;
  readonly log: DoubleLog;
  readonly faults: Faults;
  /** Open subscriptions end: cleanly, or with this failure. */
  readonly endSubscriptions: (failed?: Failure) => void;
  /** Open batch streams end with OK, whatever waits on them. */
  readonly endBatchStreams: () => void;
  /** Kills every connection and comes back on the same port, without its cache of recent writes. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function eventStoreDbDouble(options: DoubleOptions = {}): Promise<EventStoreDbDouble> {
  const log = options.log ?? new DoubleLog();
  const faults = new Faults();
  const served = new Served(log, faults);
  served.maxAppendBytes = options.maxAppendBytes ?? served.maxAppendBytes;
  let server = serverOf(served);
  const port = await listen(server, options.port ?? 0);
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    log,
    faults,
    endSubscriptions(failed) {
      for (const end of served.subscriptions) end(failed);
    },
    endBatchStreams() {
      for (const end of served.batchStreams) end();
      served.batchStreams.clear();
    },
    async restart() {
      server.forceShutdown();
      log.forget();
      server = serverOf(served);
      await listen(server, port);
    },
    stop() {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

function serverOf(served: Served): Server {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 10_000,
  });
  const streams: IStreamsServer = {
    read: (call) => {
      read(served, call).catch((error: unknown) => {
        fail(call, failure(status.UNKNOWN, String(error)));
      });
    },
    append: (call, answer) => {
      append(served, call, answer);
    },
    delete: (call, answer) => {
      softDelete(served, call, answer);
    },
    tombstone: (call, answer) => {
      tombstone(served, call, answer);
    },
    batchAppend: (call) => {
      batchAppend(served, call);
    },
  };
  const features: IServerFeaturesServer = {
    getSupportedMethods: (call, answer) => {
      if (served.refusedBefore('features', call, answer)) return;
      if (served.faults.withoutFeatures) {
        answer(failure(status.UNIMPLEMENTED, 'unknown service'));
        return;
      }
      const methods = [
        { name: 'read', features: ['position', 'events'] },
        { name: 'append', features: [] },
        { name: 'delete', features: [] },
        { name: 'tombstone', features: [] },
        { name: 'batchappend', features: ['deadline_duration'] },
      ].map(({ name, features: known }) =>
        new serverFeatures.SupportedMethod()
          .setServiceName('event_store.client.streams.streams')
          .setMethodName(name)
          .setFeaturesList(known),
      );
      answer(null, new serverFeatures.SupportedMethods().setEventStoreServerVersion(VERSION).setMethodsList(methods));
    },
  };
  server.addService(StreamsService, streams);
  server.addService(ServerFeaturesService, features);
  return server;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
}
