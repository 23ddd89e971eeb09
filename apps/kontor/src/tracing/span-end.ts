import { type Context, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

/** Does the work with the span as the active one, and ends it. */
export async function within<Result>(span: Span, parent: Context, work: () => Promise<Result>): Promise<Result> {
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Only what kind of fault it was: sentences about faults may hold what somebody entered. */
function failed(span: Span, error: unknown): void {
  span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
  span.setStatus({ code: SpanStatusCode.ERROR });
}
