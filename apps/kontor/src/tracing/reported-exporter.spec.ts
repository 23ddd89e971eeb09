import { describe, expect, it } from '@jest/globals';
import { otlpReceiver } from '@kontor/testing';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { ReportedExporter } from './reported-exporter.ts';
import { startTracing } from './start-tracing.ts';

type Told = Parameters<SpanExporter['export']>[1];

function logOf(lines: [string, object, string][]): Pick<Logger, 'info' | 'warn'> {
  const line = (level: string) => (about: object, sentence: string) => {
    lines.push([level, about, sentence]);
  };
  return { info: line('info'), warn: line('warn') } as unknown as Pick<Logger, 'info' | 'warn'>;
}

describe('a collector that cannot be reached', () => {
  it('is reported once, and once that it is there again with what was lost', () => {
    const away = new Error('connect ECONNREFUSED');
    let result: Parameters<Told>[0] = { code: 1, error: away };
    const lines: [string, object, string][] = [];
    const exporter = new ReportedExporter(
      { export: (_spans, told) => told(result), shutdown: async () => undefined },
      logOf(lines),
    );
    const told: number[] = [];
    const export3 = () => exporter.export([{}, {}, {}] as ReadableSpan[], ({ code }) => told.push(code));
    export3();
    export3();
    result = { code: 0 };
    export3();
    export3();
    expect(told).toEqual([1, 1, 0, 0]);
    expect(lines).toEqual([
      ['warn', { err: away }, 'traces do not reach the collector of OTEL_EXPORTER_OTLP_ENDPOINT; this is said once'],
      ['info', { lost: 6 }, 'traces reach the collector again'],
    ]);
  });
});

describe('tracing', () => {
  it('is not there without a collector', async () => {
    const logger = logOf([]) as Logger;
    expect(await startTracing(undefined, { service: 'kontor', version: '1', logger })).toBeUndefined();
  });

  it('sends what is left when it stops, under the name of the process', async () => {
    const receiver = await otlpReceiver();
    const collector = { endpoint: receiver.url, headers: {}, share: 1 };
    const tracing = await startTracing(collector, { service: 'orders', version: '1', logger: logOf([]) as Logger });
    const events = [{ id: '1', type: 'kontor.orders.order-placed.v1', recordedat: '2026-11-22T08:00:00Z' }];
    await tracing?.folds('orders')({ consumer: 'order_list', events }, async () => undefined);
    await tracing?.stop();
    await receiver.close();
    expect(receiver.spans.map(({ sender, name, parentSpanId }) => [sender, name, parentSpanId])).toEqual([
      ['orders', 'fold order_list', ''],
    ]);
  });
});
