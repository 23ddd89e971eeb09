import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, it } from '@jest/globals';
import { feedContract } from '@kontor/testing/feed-contract';
import type { LogSource } from './contract-reader.ts';
import { LogChanged, PositionNotYetReached } from './errors.ts';
import { historyStream } from './history.ts';
import { HttpFeed } from './http-feed.ts';

/** The history route in a few lines, as another process would serve it. */
async function answer(source: LogSource, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const abort = new AbortController();
  response.once('close', () => {
    abort.abort();
  });
  if (url.pathname !== '/v1/history/notes') {
    response.writeHead(404).end('{}');
    return;
  }
  const limit = url.searchParams.get('limit');
  try {
    const chunks = await historyStream(source, {
      after: BigInt(url.searchParams.get('after') ?? 0),
      follow: url.searchParams.get('follow') === 'true',
      logId: url.searchParams.get('logId'),
      limit: limit === null ? undefined : Number(limit),
      signal: abort.signal,
    });
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    await pipeline(Readable.from(chunks), response).catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    });
  } catch (error) {
    if (!(error instanceof LogChanged || error instanceof PositionNotYetReached)) throw error;
    const facts = Object.entries(error).map(([name, value]) => [name, value === null ? null : String(value)]);
    response.writeHead(409).end(JSON.stringify({ code: error.name, facts: Object.fromEntries(facts) as object }));
  }
}

async function served(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

feedContract('http', async (source) => {
  const { origin, close } = await served((request, response) => void answer(source, request, response));
  return { feed: new HttpFeed({ origin: () => origin }), close };
});

const { signal } = new AbortController();
const watermark = '{"watermark":{"position":"1","recordedAt":null,"logId":"l","caughtUp":true}}\n';

it('gives nothing of a stretch whose watermark never came, and says that the feed is not available', async () => {
  const { origin, close } = await served((_request, response) => {
    response.write(`{"event":{"position":"1"}}\n${watermark}{"event":{"position":"2"}}\n`, () => response.destroy());
  });
  const events: unknown[] = [];
  const read = async () => {
    const feed = new HttpFeed({ origin: () => origin });
    for await (const batch of feed.read({ service: 'notes', after: 0n, follow: true, signal }))
      events.push(...batch.events);
  };
  await expect(read()).rejects.toMatchObject({ name: 'FeedUnavailable' });
  expect(events).toEqual([{ position: '1' }]);
  await close();
});

it('takes a history for dead that says nothing, watermarks included', async () => {
  const { origin, close } = await served((_request, response) => void response.write(watermark));
  const read = async () => {
    const feed = new HttpFeed({ origin: () => origin, silenceMs: 50 });
    for await (const batch of feed.read({ service: 'notes', after: 0n, follow: true, signal }))
      expect(batch.watermark.position).toBe(1n);
  };
  await expect(read()).rejects.toThrow('it went silent');
  await close();
});

it('says that nobody answers', async () => {
  const { origin, close } = await served(() => undefined);
  await close();
  await expect(new HttpFeed({ origin: () => origin }).head('notes')).rejects.toMatchObject({ name: 'FeedUnavailable' });
});
