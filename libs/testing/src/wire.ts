import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire between programs and a server that a test can cut, stop, or rob of an answer. */
export interface Wire {
  /** `host:port` at which the server is reached through it. */
  readonly address: string;
  /** The next request that contains this text is answered by the end of the connection, after the server has done it. */
  readonly loseNextAnswerTo: (text: string) => void;
  /** Nothing passes in either direction until the returned function is called; connections stay open. */
  readonly silence: () => () => void;
  /** Every open connection ends now. New ones are possible. */
  readonly breakConnections: () => void;
  readonly close: () => Promise<void>;
}

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  robbed: boolean;
}

/** `to`: `host:port` of the server, which need not listen yet. */
export async function wire(to: string): Promise<Wire> {
  const target = new URL(`tcp://${to}`);
  const connections = new Set<Connection>();
  let rob: string | undefined;
  let silent = false;

  const end = (connection: Connection): void => {
    connections.delete(connection);
    connection.client.destroy();
    connection.server.destroy();
  };
  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    const connection: Connection = { client, server, robbed: false };
    connections.add(connection);
    client.setNoDelay(true);
    server.setNoDelay(true);
    client.on('data', (bytes) => {
      if (rob !== undefined && bytes.includes(rob)) {
        rob = undefined;
        connection.robbed = true;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (connection.robbed) end(connection);
      else client.write(bytes);
    });
    for (const socket of [client, server]) {
      socket.on('close', () => {
        end(connection);
      });
      // A broken wire is the purpose; both ends learn it by the close.
      socket.on('error', () => {
        end(connection);
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
  const { port } = listener.address() as AddressInfo;

  return {
    address: `127.0.0.1:${port}`,
    loseNextAnswerTo(text) {
      rob = text;
    },
    silence() {
      silent = true;
      for (const { client, server } of connections) {
        client.pause();
        server.pause();
      }
      return () => {
        silent = false;
        for (const { client, server } of connections) {
          client.resume();
          server.resume();
        }
      };
    },
    breakConnections() {
      for (const connection of connections) end(connection);
    },
    async close() {
      for (const connection of connections) end(connection);
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
