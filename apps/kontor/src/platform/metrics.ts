import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PlatformAccess } from './platform-access.ts';
import { platformStatus } from './platform-status.ts';
import { projectionName } from './projection-names.ts';

/** Prometheus metrics of the platform; the lag is asked for when it is scraped. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'kontor_http_request_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [this.registry],
  });
  private readonly appends = new Histogram({
    name: 'kontor_append_seconds',
    help: 'Time from an append to its answer, waiting for its batch included.',
    labelNames: ['service'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [this.registry],
  });
  /** Named after what positions count: `kontor_subscription_lag_events`, or `_bytes`. */
  private readonly lag: Gauge;
  private readonly lagSeconds = this.gauge('kontor_subscription_lag_seconds', 'Seconds that a subscription is behind.');
  private readonly parked = this.gauge('kontor_parked_streams', 'Streams that wait behind a poison event.');
  private readonly failed = this.gauge(
    'kontor_subscription_stalled',
    'Whether a subscription has ended (failed) or tries again and again (retrying): raise an alarm when it stays 1.',
  );
  private readonly relayed = new Counter({
    name: 'kontor_relay_events_total',
    help: 'Events that this process has brought to a topic, repetitions included.',
    labelNames: ['service', 'topic'],
    registers: [this.registry],
  });
  private readonly deadLetters = new Gauge({
    name: 'kontor_topic_dead_letters',
    help: 'Records of a topic that could not be read and that nobody has dealt with.',
    labelNames: ['service', 'topic'],
    registers: [this.registry],
  });
  /** Named like the lag: `kontor_rebuild_events_left`, or `_bytes_left`. */
  private readonly rebuildLag: Gauge;
  private readonly rebuildRate = this.projectionGauge(
    'kontor_rebuild_events_per_second',
    'Events that a rebuild passes in a second; absent when none is under way, or nothing is known yet.',
  );
  private readonly head = new Gauge({
    name: 'kontor_log_position',
    help: 'Head of a service log.',
    labelNames: ['service'],
    registers: [this.registry],
  });

  private readonly verified = this.projectionGauge(
    'kontor_projection_verification_different_rows',
    'Rows that the last verification found to differ from the fold of the history: raise an alarm above 0.',
  );
  private readonly verifiedAt = this.projectionGauge(
    'kontor_projection_verification_timestamp_seconds',
    'When a projection was verified last.',
  );

  constructor(private readonly access: PlatformAccess) {
    const { lagUnit } = access.platform.stores;
    access.platform.appends.add((service, ms) => this.appends.observe({ service }, ms / 1_000));
    this.lag = this.gauge(`kontor_subscription_lag_${lagUnit}`, `How far a subscription is behind, in ${lagUnit}.`);
    this.rebuildLag = this.projectionGauge(
      `kontor_rebuild_${lagUnit}_left`,
      `What a rebuild has still to pass, in ${lagUnit}; absent when none is under way.`,
    );
    collectDefaultMetrics({ register: this.registry });
  }

  observe(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      this.requests.observe(
        {
          method: request.method,
          route: request.routeOptions.url ?? 'unknown',
          status: String(reply.statusCode),
        },
        reply.elapsedTime / 1000,
      );
      done();
    });
  }

  async text(): Promise<string> {
    const { services } = await platformStatus(this.access);
    for (const gauge of [this.lag, this.lagSeconds, this.parked, this.failed, this.rebuildLag, this.rebuildRate])
      gauge.reset();
    for (const service of services) {
      this.head.set({ service: service.name }, Number(service.head));
      for (const line of service.subscriptions) {
        const labels = { service: line.service, kind: line.kind, name: line.name, reads: line.reads };
        if (line.lagEvents !== null) this.lag.set(labels, Number(line.lagEvents));
        if (line.lagSeconds !== null) this.lagSeconds.set(labels, line.lagSeconds);
        if (line.kind === 'relay') this.deadLetters.set({ service: service.name, topic: line.name }, line.parked);
        else this.parked.set(labels, line.parked);
        this.failed.set(labels, line.state === 'failed' || line.state === 'retrying' ? 1 : 0);
      }
      await this.setRelayed(service.name);
    }
    await this.setRebuilds();
    await this.setVerifications();
    return this.registry.metrics();
  }

  private async setRelayed(service: string): Promise<void> {
    const relay = await this.access.platform.topics?.relay(service);
    if (relay === undefined) return;
    const labels = { service, topic: relay.topic };
    const { values } = await this.relayed.get();
    const before = values.find(({ labels: { topic } }) => topic === relay.topic)?.value ?? 0;
    this.relayed.inc(labels, relay.relayed - before);
  }

  private async setRebuilds(): Promise<void> {
    for (const rebuild of this.access.platform.services.flatMap((service) => service.rebuilds)) {
      if (!(await rebuild.copies()).some(({ state }) => state === 'building' || state === 'paused')) continue;
      const { projection, done, total, eventsPerSecond } = await rebuild.status();
      const labels = { projection: projectionName(projection) };
      this.rebuildLag.set(labels, Number(total - done));
      if (eventsPerSecond !== null) this.rebuildRate.set(labels, eventsPerSecond);
    }
  }

  private async setVerifications(): Promise<void> {
    const projections = this.access.platform.services.flatMap((service) => service.projections);
    const here = new Set(projections.map((live) => live.projection.name));
    for (const { projection, at, comparison } of (await projections[0]?.registry.verifications()) ?? []) {
      if (!here.has(projection)) continue;
      const rows = comparison.tables.reduce((sum, { differentRows }) => sum + differentRows, 0);
      const labels = { projection: projectionName(projection) };
      this.verified.set(labels, rows);
      this.verifiedAt.set(labels, Date.parse(at) / 1_000);
    }
  }

  private projectionGauge(name: string, help: string) {
    return new Gauge({ name, help, labelNames: ['projection'], registers: [this.registry] });
  }

  private gauge(name: string, help: string) {
    return new Gauge({ name, help, labelNames: ['service', 'kind', 'name', 'reads'], registers: [this.registry] });
  }
}
