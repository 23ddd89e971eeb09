import { Command } from 'commander';
import { endWith, tellUp } from './distributed/parent.ts';
import { processLog } from './distributed/process-log.ts';
import { type ServiceProcess, startServiceProcess } from './distributed/service-process.ts';
import { environment, requireConfigured } from './kontor.config.ts';
import { StartFault } from './start-fault.ts';

/** A drain that takes longer than this is cut off: what was accepted is in the store. */
const DRAIN_WITHIN_MS = 15_000;

const program = new Command('kontor-service')
  .description('One service in a process of its own; configured by the environment (docs/configuration.md).')
  .option('--service <name>', 'which one', environment.service)
  .allowExcessArguments(false);

program.parse();
const { service } = program.opts<{ service?: string }>();
const name = environment.process ?? service ?? 'service';
const logger = processLog(name);
process.title = `kontor ${name}`;

let starting: Promise<ServiceProcess> | undefined;
const end = endWith(async () => (await starting)?.stop(), DRAIN_WITHIN_MS);
try {
  requireConfigured();
  if (service === undefined) throw new StartFault('KONTOR_SERVICE is not set, and there is no --service.');
  starting = startServiceProcess({ service, host: environment.httpHost, port: environment.httpPort, logger });
  const { url } = await starting;
  logger.info({ url, service }, 'the service is up');
  tellUp(url);
} catch (error) {
  starting = undefined;
  if (error instanceof StartFault) process.stderr.write(`kontor: ${error.message}\n`);
  else logger.fatal({ err: error }, 'the service could not start');
  end(1);
}
