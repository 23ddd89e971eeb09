import { type Gateway, gateway } from './distributed/gateway/gateway.ts';
import { endWith, tellUp } from './distributed/parent.ts';
import { processLog } from './distributed/process-log.ts';
import { environment, requireConfigured } from './kontor.config.ts';
import { productVersion } from './product-version.ts';
import { StartFault } from './start-fault.ts';
import { startTracing } from './tracing/start-tracing.ts';
import type { Tracing } from './tracing/tracing.ts';

const DRAIN_WITHIN_MS = 10_000;
const logger = processLog('origin');
process.title = 'kontor origin';

let origin: Gateway | undefined;
let tracing: Tracing | undefined;
const end = endWith(async () => {
  await origin?.close();
  await tracing?.stop();
}, DRAIN_WITHIN_MS);
try {
  requireConfigured();
  if (environment.upstreams.size === 0)
    throw new StartFault('KONTOR_UPSTREAMS is not set; the origin has no service to stand in front of.');
  tracing = await startTracing(environment.collector, { service: 'origin', version: productVersion(), logger });
  origin = await gateway({ upstreams: environment.upstreams, logger, tracing });
  const url = await origin.app.listen({ port: environment.httpPort, host: environment.httpHost });
  logger.info({ url }, 'the origin is up');
  tellUp(url);
} catch (error) {
  if (error instanceof StartFault) process.stderr.write(`kontor: ${error.message}\n`);
  else logger.fatal({ err: error }, 'the origin could not start');
  end(1);
}
