import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Problem } from './problem.ts';
import { sendProblem } from './problem.filter.ts';

/** Of the options of Fastify: its own answer while it closes is no problem document, and names no time to come back. */
export const CLOSES_QUIETLY = { return503OnClosing: false } as const;

/** What comes on connections that are still open while this process stops is refused before anything is done about it. */
export function refuseWhileStopping(fastify: FastifyInstance, isStopping: () => boolean, logger: Logger): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!isStopping() || request.url.startsWith('/health/')) done();
    else
      sendProblem(
        new Problem(503, 'Stopping', 'This process is stopping: nothing was done.', {
          headers: { 'retry-after': '1', connection: 'close' },
        }),
        request,
        reply,
        logger,
      );
  });
}
