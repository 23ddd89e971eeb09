import type { Logger } from 'pino';
import type { Tracing } from './tracing.ts';

export interface Collector {
  /** Base address of OTLP over HTTP: traces go to `v1/traces` below it. */
  readonly endpoint: string;
  readonly headers: { readonly [name: string]: string };
  /** Share of the traces that begin here which are recorded, 0 to 1; a caller's trace is recorded when the caller says so. */
  readonly share: number;
}

export interface TracedProcess {
  /** The service that runs here; `kontor` where all do. */
  readonly service: string;
  /** Which of several processes; absent: there is one. */
  readonly instance?: string | undefined;
  readonly version: string;
  readonly logger: Logger;
}

/** Undefined: tracing is off, and nothing of OpenTelemetry is loaded. */
export async function startTracing(
  collector: Collector | undefined,
  traced: TracedProcess,
): Promise<Tracing | undefined> {
  if (collector === undefined) return undefined;
  const { tracingTo } = await import('./tracing.ts');
  return tracingTo(collector, traced);
}
