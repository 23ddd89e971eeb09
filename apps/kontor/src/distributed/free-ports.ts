import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below those that systems give to outgoing connections: a port that is told to a process now, and taken seconds later or again
 * after its death, would otherwise be somebody's connection by then.
 */
const FIRST_PORT = 20_000;
const END_OF_PORTS = 32_000;

/** Free ports on 127.0.0.1, held until all are found, so that none is given twice. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(FIRST_PORT, END_OF_PORTS);
    const probe = await listening(port);
    if (probe === undefined) continue;
    held.push(probe);
    ports.push(port);
  }
  await Promise.all(held.map((probe) => new Promise((closed) => probe.close(closed))));
  return ports;
}

/** Undefined: somebody has it. */
function listening(port: number): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') done(undefined);
      else fail(error);
    });
    probe.listen(port, '127.0.0.1', () => done(probe));
  });
}
