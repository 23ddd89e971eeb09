import http2, {
  type ClientHttp2Session,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * What may happen to one call.
 * `cut-request`: the connection ends before the server has heard of the call.
 * `cut-after-request`: the server has the whole request; the connection ends without waiting for the answer.
 * `cut-before-reply`: the server has done it and answered; the connection ends before the client hears so.
 * `duplicate`: the server gets the request a second time when it has answered the first.
 */
export type Fault =
  | 'cut-request'
  | 'cut-after-request'
  | 'cut-before-reply'
  | 'duplicate'
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'not-leader'; readonly host: string; readonly port: number }
  | { readonly kind: 'rst'; readonly code: number };

/** A wire between a gRPC client and its server that a test can cut, stall, slow down, or let lie. Without TLS. */
export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  /** The next call of this method (`Append`, `Read`, …) suffers this. Several wait for their turn. */
  readonly next: (method: string, fault: Fault) => void;
  /** Nothing passes in either direction until the returned function is called; connections stay open and answer pings. */
  readonly silence: () => () => void;
  /** Every answer comes this much later, until the returned function is called. */
  readonly delay: (ms: number) => () => void;
  /** Every open connection ends now. New ones are possible. */
  readonly breakConnections: () => void;
  /** Every connection is told to go away: open calls may end, new ones take a new connection. */
  readonly goAway: () => void;
  /** The server is gone; the returned function brings it back on the same port. */
  readonly goDown: () => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
}

interface Connection {
  readonly socket: Socket;
  readonly session: Http2Session;
  readonly upstream: ClientHttp2Session;
}

const ignore = (): void => undefined;
const METHOD = /[^/]+$/;

export async function faultProxy(target: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
  const connections = new Map<Http2Session, Connection>();
  const faults = new Map<string, Fault[]>();
  let held: (() => void)[] | undefined;
  let delayMs = 0;

  /** Runs it now, or when the wire speaks again, in order. */
  const pass = (act: () => void): void => {
    if (held === undefined) act();
    else held.push(act);
  };
  const cut = (session: Http2Session | undefined): void => {
    const connection = session === undefined ? undefined : connections.get(session);
    if (connection === undefined) return;
    connections.delete(connection.session);
    connection.socket.destroy();
    connection.upstream.destroy();
  };

  const serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    const { session } = stream;
    const connection = session === undefined ? undefined : connections.get(session);
    stream.on('error', ignore);
    if (connection === undefined) return;
    const method = METHOD.exec(headers[':path'] ?? '')?.[0] ?? '';
    const fault = faults.get(method)?.shift();
    if (fault === 'cut-request') {
      cut(session);
      return;
    }
    if (typeof fault === 'object' && fault.kind === 'rst') {
      stream.close(fault.code);
      return;
    }
    if (typeof fault === 'object' && fault.kind === 'not-leader') {
      stream.respond(
        {
          ':status': 200,
          'content-type': 'application/grpc+proto',
          'grpc-status': '5',
          'grpc-message': 'Leader info available',
          exception: 'not-leader',
          'leader-endpoint-host': fault.host,
          'leader-endpoint-port': `${fault.port}`,
        },
        { endStream: true },
      );
      return;
    }
    forward(connection, stream, headers, fault);
  };

  const forward = (
    { session, upstream }: Connection,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    fault: Fault | undefined,
  ): void => {
    const sent: Buffer[] = [];
    const waitMs = delayMs + (typeof fault === 'object' && fault.kind === 'delay' ? fault.ms : 0);
    const begin = (): void => {
      if (stream.destroyed || upstream.destroyed) return;
      const call = upstream.request(headers, { endStream: false });
      call.on('error', ignore);
      stream.on('data', (bytes: Buffer) => {
        sent.push(bytes);
        pass(() => call.write(bytes));
      });
      stream.on('end', () => {
        pass(() => call.end());
        if (fault === 'cut-after-request') {
          // The bytes are under way before the connections are closed.
          call.once('finish', () => {
            setImmediate(() => {
              connections.get(session)?.socket.destroy();
            });
          });
        }
      });
      stream.on('close', () => {
        if (fault !== 'cut-after-request') call.close(http2.constants.NGHTTP2_CANCEL);
      });
      if (fault === 'cut-before-reply') {
        call.once('response', () => {
          cut(session);
        });
        return;
      }
      answer(call, stream, waitMs);
      if (fault === 'duplicate') {
        call.once('close', () => {
          if (upstream.destroyed) return;
          const again = upstream.request(headers, { endStream: false });
          again.on('error', ignore).resume();
          again.end(Buffer.concat(sent));
        });
      }
    };
    pass(begin);
  };

  const answer = (call: http2.ClientHttp2Stream, stream: ServerHttp2Stream, waitMs: number): void => {
    let trailers: http2.OutgoingHttpHeaders | undefined;
    const later = (act: () => void): void => {
      const guarded = (): void => {
        if (!stream.destroyed) act();
      };
      if (waitMs === 0) pass(guarded);
      else
        void pause(waitMs).then(() => {
          pass(guarded);
        });
    };
    call.on('trailers', (received) => {
      trailers = { ...received };
    });
    call.on('response', (received, flags) => {
      const endStream = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      later(() => {
        stream.respond({ ...received }, { endStream, waitForTrailers: !endStream });
      });
      if (endStream) return;
      stream.on('wantTrailers', () => {
        stream.sendTrailers(trailers ?? {});
      });
      call.on('data', (bytes: Buffer) => {
        later(() => {
          if (!stream.write(bytes)) {
            // A slow reader slows the server down, as it would without a proxy.
            call.pause();
            stream.once('drain', () => call.resume());
          }
        });
      });
      call.on('end', () => {
        setImmediate(() => {
          later(() => stream.end());
        });
      });
    });
    call.on('close', () => {
      if (call.rstCode !== http2.constants.NGHTTP2_NO_ERROR) {
        later(() => {
          stream.close(call.rstCode);
        });
      }
    });
  };

  const open = async (port: number): Promise<http2.Http2Server> => {
    const server = http2.createServer();
    let last: Socket | undefined;
    server.prependListener('connection', (socket: Socket) => {
      last = socket;
      socket.on('error', ignore);
    });
    server.on('session', (session) => {
      const upstream = http2.connect(`http://${target.host}:${target.port}`);
      session.on('error', ignore);
      upstream.on('error', ignore);
      if (last !== undefined) connections.set(session, { socket: last, session, upstream });
      session.on('close', () => {
        connections.delete(session);
        // Not the server's calls: a request that was taken whole may be carried out.
        upstream.close();
      });
      upstream.on('close', () => {
        cut(session);
      });
    });
    server.on('stream', serve);
    server.on('sessionError', ignore);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return server;
  };
  const shut = async (): Promise<void> => {
    for (const session of connections.keys()) cut(session);
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  };

  let server = await open(0);
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    next(method, fault) {
      faults.set(method, [...(faults.get(method) ?? []), fault]);
    },
    silence() {
      held ??= [];
      return () => {
        const acts = held ?? [];
        held = undefined;
        for (const act of acts) act();
      };
    },
    delay(ms) {
      delayMs = ms;
      return () => {
        delayMs = 0;
      };
    },
    breakConnections() {
      for (const session of connections.keys()) cut(session);
    },
    goAway() {
      for (const session of connections.keys()) session.goaway();
    },
    async goDown() {
      await shut();
      return async () => {
        server = await open(port);
      };
    },
    async close() {
      held = undefined;
      await shut();
    },
  };
}
