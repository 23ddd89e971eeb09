import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { eventually, idempotencyKey, type OtlpReceiver, type ReceivedSpan, type TestPlatform } from '@kontor/testing';

const PATIENCE_MS = 20_000;

/** What the services answer to an order, as spans from the effect back to the request: two hops between services. */
const CREDIT_IS_DECIDED = [
  'append orders',
  'handle CreditCheck',
  'append receivables',
  'handle CreditReservation',
  'append orders',
  'POST /v1/orders',
];

/** One order of a new client, with a trace that the caller began: everything that comes of it belongs to that trace. */
export async function followOneOrder(
  platform: TestPlatform,
  collector: OtlpReceiver,
  productId: string | undefined,
): Promise<void> {
  const post = async (path: string, body: object, headers = {}) => {
    const reply = await platform.request('POST', path, body, { headers: { ...idempotencyKey(), ...headers } });
    expect({ path, status: reply.status }).toEqual({ path, status: 201 });
    return reply.body as { id: string; consistencyToken: string };
  };
  const client = await post('/v1/accounts', { name: 'Spur GmbH', country: 'DE', currency: 'EUR' });
  const [traceId, caller] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  const order = { accountId: client.id, lines: [{ productId, quantity: { value: 1, scale: 0 } }] };
  await post(`/v1/orders?consistentWith=${client.consistencyToken}`, order, {
    traceparent: `00-${traceId}-${caller}-01`,
  });

  const onTopics = await hasTopics(platform);
  const found = await eventually(
    'the trace has the decision about credit, the fold of the order, and its way to the topic where there is one',
    () => {
      const trace = collector.spans.filter((span) => span.traceId === traceId);
      const decided = trace
        .map((span) => pathTo(span, trace))
        .find((path) => same(names(path).slice(0, CREDIT_IS_DECIDED.length), CREDIT_IS_DECIDED));
      const appended = decided?.at(CREDIT_IS_DECIDED.indexOf('POST /v1/orders') - 1);
      const causes = ({ parentSpanId, links }: ReceivedSpan) => [parentSpanId, ...links.map(({ spanId }) => spanId)];
      const followers = collector.spans.filter((span) => causes(span).includes(appended?.spanId ?? 'none'));
      const folded = followers.some(({ name }) => name === 'fold order_list');
      const sent = followers.some(({ name }) => /^send .*orders$/.test(name));
      // Behind an origin there is its span between the caller's and the service's.
      return decided?.at(-1)?.parentSpanId === caller && folded && sent === onTopics && decided;
    },
    PATIENCE_MS,
  );
  expect(found.slice(0, 5).map(({ attributes }) => attributes['kontor.service'])).toEqual([
    ...['orders', 'orders', 'receivables', 'receivables', 'orders'],
  ]);
  for (const personal of ['Anna Adler', 'Berta', 'berta@', 'Muster', 'Spur'])
    expect(collector.text()).not.toContain(personal);
}

async function hasTopics(platform: TestPlatform): Promise<boolean> {
  const { body } = await platform.request('GET', '/v1/platform/status');
  const { services } = body as { services: { subscriptions: { kind: string }[] }[] };
  return services.some(({ subscriptions }) => subscriptions.some(({ kind }) => kind === 'relay'));
}

/** From a span to the first one that was received of its trace. */
function pathTo(span: ReceivedSpan, trace: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
  const parent = trace.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [span] : [span, ...pathTo(parent, trace)];
}

function names(path: readonly ReceivedSpan[]): readonly string[] {
  return path.map(({ name }) => name);
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}
