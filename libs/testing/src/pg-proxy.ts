import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A wire between a program and its PostgreSQL that a test can cut, stop, or rob of an answer. */
export interface PgProxy {
  /** The database's address through the proxy. */
  readonly url: string;
  /** The next request that contains this text is answered by the end of the connection, after the server has done it. */
  readonly loseNextAnswerTo: (text: string) => void;
  /** Nothing passes in either direction until the returned function is called; connections stay open. */
  readonly silence: () => () => void;
  /** Every open connection ends now. New ones are possible. */
  readonly breakConnections: () => void;
  readonly close: () => Promise<void>;
}

interface Wire {
  readonly client: Socket;
  readonly server: Socket;
  robbed: boolean;
}

export async function pgProxy(databaseUrl: string): Promise<PgProxy> {
  const target = new URL(databaseUrl);
  const wires = new Set<Wire>();
  let rob: string | undefined;
  let silent = false;

  const end = (wire: Wire): void => {
    wires.delete(wire);
    wire.client.destroy();
    wire.server.destroy();
  };
  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    const wire: Wire = { client, server, robbed: false };
    wires.add(wire);
    client.setNoDelay(true);
    server.setNoDelay(true);
    client.on('data', (bytes) => {
      if (rob !== undefined && bytes.includes(rob)) {
        rob = undefined;
        wire.robbed = true;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (wire.robbed) end(wire);
      else client.write(bytes);
    });
    for (const socket of [client, server]) {
      socket.on('close', () => {
        end(wire);
      });
      // A broken wire is the purpose; both ends learn it by the close.
      socket.on('error', () => {
        end(wire);
      });
    }
    if (silent) {
      client.pause();
      server.pause();
    }
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((listener.address() as AddressInfo).port);

  return {
    url: url.href,
    loseNextAnswerTo(text) {
      rob = text;
    },
    silence() {
      silent = true;
      for (const { client, server } of wires) {
        client.pause();
        server.pause();
      }
      return () => {
        silent = false;
        for (const { client, server } of wires) {
          client.resume();
          server.resume();
        }
      };
    },
    breakConnections() {
      for (const wire of wires) end(wire);
    },
    async close() {
      for (const wire of wires) end(wire);
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
