import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { type Finding, interleave, load, type LoadResult, perSecondText, summary } from './measure.ts';
import { startBenchPlatform, startProgram } from './processes.ts';

const CALLERS = 32;
const ROUND_MS = 4_000;
const GOAL = 0.5;

/** Register account over HTTP, with validation, authorisation and receipt, against a bare handler on the same store. */
export async function commandsBench(databaseUrl: string): Promise<Finding[]> {
  const platform = await startBenchPlatform(databaseUrl);
  const key = await readFile(join(platform.folder, 'signing-key.json'), 'utf8');
  const bare = await startProgram('bench/bare-handler.ts', [databaseUrl, key], 'listening ');
  const barePort = /listening (\d+)/.exec(bare.output())?.[1] ?? '';
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const headers = { authorization: `Bearer ${platform.token}`, 'content-type': 'application/json' };
  let serial = 0;
  const post = (url: string) => {
    serial += 1;
    const body = JSON.stringify({ name: `Bench ${serial} GmbH`, kind: 'customer', legalForm: 'legal' });
    return send(url, agent, headers, body);
  };
  try {
    const contenders = [
      {
        name: 'kontor',
        run: () => load(CALLERS, ROUND_MS, () => post(`${platform.url}/v1/accounts`)),
      },
      {
        name: 'bare',
        run: () => load(CALLERS, ROUND_MS, () => post(`http://127.0.0.1:${barePort}/bare`)),
      },
    ];
    await interleave(contenders, 1);
    const results = await interleave<LoadResult>(contenders);
    const [ours, theirs] = [results.get('kontor') ?? [], results.get('bare') ?? []];
    const ratio = summary(ours.map((result, round) => result.perSecond / (theirs[round] as LoadResult).perSecond));
    return [
      {
        subject: `register account over HTTP (${CALLERS} callers)`,
        ours: text(ours),
        against: `bare handler ${text(theirs)}`,
        ratio: `${(ratio.median * 100).toFixed(0)} % (${(ratio.min * 100).toFixed(0)}-${(ratio.max * 100).toFixed(0)})`,
        goal: `≥ ${GOAL * 100} %`,
        met: ratio.median >= GOAL,
      },
    ];
  } finally {
    agent.destroy();
    await bare.stop();
    await platform.stop();
  }
}

function text(results: readonly LoadResult[]): string {
  const rate = perSecondText(summary(results.map(({ perSecond }) => perSecond)));
  return `${rate}, p99 ${summary(results.map(({ p99Ms }) => p99Ms)).median.toFixed(1)} ms`;
}

function send(url: string, agent: Agent, headers: Record<string, string>, body: string): Promise<void> {
  return new Promise((done, fail) => {
    const outgoing = request(url, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      answer.on('end', () => {
        if (answer.statusCode === 201) done();
        else fail(new Error(`${url} answered ${String(answer.statusCode)}: ${text.slice(0, 300)}`));
      });
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}
