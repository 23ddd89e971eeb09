import type { OwnIssuer } from '@kontor/auth';
import {
  AnswerAdapter,
  answerBrokenRequest,
  AuthGuard,
  CommandKeyGuard,
  CommandKeys,
  ConsistencyGuard,
  CLOSES_QUIETLY,
  type KnownLogs,
  ProblemFilter,
  QueryGuard,
  refuseWhileStopping,
  RequestPipe,
  sendProblem,
  useAllowedMethods,
  useStrictJson,
} from '@kontor/http';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Platform } from '../composition/platform.ts';
import { AdministrationController } from './administration.controller.ts';
import { BackupsController } from './backups.controller.ts';
import type { OwnSubscription } from './consumers.ts';
import { ConsumersController } from './consumers.controller.ts';
import { ErasuresController } from './erasures.controller.ts';
import { HealthController } from './health.controller.ts';
import { HistoryController } from './history.controller.ts';
import { Metrics } from './metrics.ts';
import { MetricsController } from './metrics.controller.ts';
import { describeApi } from './open-api.ts';
import { ParkedController } from './parked.controller.ts';
import { PlatformAccess } from './platform-access.ts';
import { ProjectionsController } from './projections.controller.ts';
import { RebuildsController } from './rebuilds.controller.ts';
import { RootController } from './root.controller.ts';
import { StreamsController } from './streams.controller.ts';
import { StuckController } from './stuck.controller.ts';
import { TopicsController } from './topics.controller.ts';
import { TraceController } from './trace.controller.ts';
import { VerificationController } from './verification.controller.ts';

const MAX_BODY_BYTES = 1_048_576;

class KontorModule {}

export interface HttpApp {
  readonly nest: NestFastifyApplication;
  readonly access: PlatformAccess;
}

/** One Nest application on one Fastify that imports the modules of all services of the platform. */
export async function httpApp(platform: Platform, issuer: OwnIssuer | null, version: string): Promise<HttpApp> {
  const access = new PlatformAccess(platform, issuer, version);
  const metrics = new Metrics(access);
  const module: DynamicModule = {
    module: KontorModule,
    imports: platform.services.map((service) => service.definition.module(service)),
    controllers: [
      RootController,
      HealthController,
      AdministrationController,
      RebuildsController,
      ProjectionsController,
      ParkedController,
      BackupsController,
      ConsumersController,
      ErasuresController,
      HistoryController,
      StreamsController,
      StuckController,
      TraceController,
      MetricsController,
      VerificationController,
      TopicsController,
    ],
    providers: [
      { provide: PlatformAccess, useValue: access },
      { provide: Metrics, useValue: metrics },
    ],
  };
  const adapter = new AnswerAdapter({
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: 'idle',
    ...CLOSES_QUIETLY,
    clientErrorHandler: answerBrokenRequest,
    // Nest's filter sees only what happens in a handler; what Fastify refuses before is answered by the handler below.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply, platform.logger),
  });
  const nest = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = adapter.getInstance();
  // First: what is refused before its route is reached is a request too.
  platform.tracing?.requests(fastify);
  useStrictJson(fastify, MAX_BODY_BYTES);
  useAllowedMethods(fastify);
  metrics.observe(fastify);
  const keys = new CommandKeys(platform.pool, platform.logger);
  keys.settleIn(fastify);
  refuseWhileStopping(fastify, () => access.stopping, platform.logger);
  // Fastify closes the connections that are idle when it stops; those that are answered later must not be kept either.
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (access.stopping) void reply.header('connection', 'close');
    done(null, payload);
  });
  nest.useGlobalGuards(
    new AuthGuard(platform.verifier, platform.clock),
    new QueryGuard(),
    new ConsistencyGuard(logsOf(platform)),
    new CommandKeyGuard(keys),
  );
  nest.useGlobalPipes(new RequestPipe());
  nest.useGlobalFilters(new ProblemFilter(platform.logger));
  describeApi(nest, version, platform.others === undefined ? undefined : { subscriptions: subscriptionsIn(platform) });
  await nest.init();
  await access.consumers.since(ownSubscriptions(platform));
  return { nest, access };
}

/** New requests are refused as not ready, those under way are answered, then the services end their batches. */
export async function drain(app: HttpApp, platform: Platform): Promise<void> {
  app.access.stopping = true;
  platform.announceStop();
  await app.nest.close();
}

/** The logs that a consistency token can name, with the heads of those in this process. */
function logsOf({ services, others }: Platform): KnownLogs {
  const here = new Map(services.map((service) => [service.name, service.store]));
  return {
    services: others?.names ?? [...here.keys()],
    head: (service) =>
      here
        .get(service)
        ?.head()
        .then(({ position }) => position),
  };
}

/** What reads since this first start: what topics are heard is seen when somebody looks. */
function ownSubscriptions({ services, topics }: Platform): readonly OwnSubscription[] {
  return services.flatMap(({ name: service, processes }) => [
    ...processes.flatMap(({ manager: { name }, services: heard }) =>
      heard.map((reads) => ({ service, kind: 'process', name, reads })),
    ),
    { service, kind: 'sealer', name: 'sealer', reads: service },
    ...(topics === undefined ? [] : [{ service, kind: 'relay', name: topics.topicOf(service), reads: service }]),
  ]);
}

function subscriptionsIn({ services, topics }: Platform): readonly string[] {
  return services.flatMap(({ name, projections, processes }) => [
    ...projections.map(({ projection }) => projection.name),
    ...processes.map(({ manager }) => manager.name),
    ...(topics === undefined ? [] : [topics.topicOf(name)]),
  ]);
}
