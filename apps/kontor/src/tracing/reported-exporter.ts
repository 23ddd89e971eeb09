import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

type Told = Parameters<SpanExporter['export']>[1];

/** Says once that spans do not arrive, and once that they do again; what could not be sent is gone. */
export class ReportedExporter implements SpanExporter {
  private lost = 0;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  export(spans: ReadableSpan[], told: Told): void {
    this.exporter.export(spans, (result) => {
      // By the error: the codes are an enumeration of a package that is not ours to import.
      if (result.error === undefined) this.arrived();
      else this.failed(spans.length, result.error);
      told(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private arrived(): void {
    if (this.lost > 0) this.logger.info({ lost: this.lost }, 'traces reach the collector again');
    this.lost = 0;
  }

  private failed(spans: number, error: Error): void {
    if (this.lost === 0)
      this.logger.warn(
        { err: error },
        'traces do not reach the collector of OTEL_EXPORTER_OTLP_ENDPOINT; this is said once',
      );
    this.lost += spans;
  }
}
