import { SystemClock } from '@kontor/service';
import type { Logger } from 'pino';
import { otherServices } from '../composition/other-services.ts';
import { buildPlatform, type Platform } from '../composition/platform.ts';
import { SERVICE_NAMES, serviceNamed } from '../composition/services.ts';
import { environment } from '../kontor.config.ts';
import { drain, httpApp } from '../platform/http-app.ts';
import { productVersion } from '../product-version.ts';
import { StartFault } from '../start-fault.ts';
import { startTracing } from '../tracing/start-tracing.ts';
import { databaseAnswers } from './database-answers.ts';
import { identityOf, sharedSeals } from './keys.ts';

export interface ServiceProcessOptions {
  readonly service: string;
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
}

export interface ServiceProcess {
  readonly url: string;
  readonly platform: Platform;
  stop(): Promise<void>;
}

/** One service in this process; the others are reached over Kafka and through the origin. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { databaseUrl, origin } = environment;
  if (databaseUrl === undefined) throw new StartFault('KONTOR_DATABASE_URL is not set; a service process needs it.');
  if (origin === undefined) throw new StartFault('KONTOR_ORIGIN is not set; a service process needs it.');
  // What was told wrong is said before anything is waited for.
  const definition = await serviceNamed(options.service);
  const seals = sharedSeals();
  await databaseAnswers(databaseUrl, options.logger);
  const { verifier, issuer, token } = await identityOf(options.service, options.logger);
  const version = productVersion();
  const undo: (() => void | Promise<void>)[] = [() => token.stop()];
  const stop = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const tracing = await startTracing(environment.collector, {
      ...{ service: options.service, instance: environment.process, version, logger: options.logger },
    });
    if (tracing !== undefined) undo.push(() => tracing.stop());
    const platform = await buildPlatform({
      databaseUrl,
      poolSize: environment.poolSize,
      definitions: [definition],
      others: otherServices({ names: SERVICE_NAMES, origin, token: () => token.current }),
      entities: [
        {
          id: 'main',
          name: 'Main entity',
          country: 'DE',
          timeZone: environment.timeZone,
          baseCurrency: environment.baseCurrency,
        },
      ],
      clock: new SystemClock(),
      verifier,
      logger: options.logger,
      seals,
      eventStore: environment.eventStore,
      kafka: environment.kafka,
      tracing,
    });
    undo.push(() => platform.stop());
    await platform.start();
    const app = await httpApp(platform, issuer, version);
    undo.push(() => drain(app, platform));
    await app.nest.listen(options.port, options.host);
    const { port } = app.nest.getHttpServer().address() as { port: number };
    return { url: `http://${options.host}:${port}`, platform, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
