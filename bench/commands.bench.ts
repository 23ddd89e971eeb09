import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { type Finding, interleave, load, type LoadResult, perSecondText, summary } from './measure.ts';
import { databaseBeside, send, startBenchPlatform, startBenchService, startProgram } from './processes.ts';

const CALLERS = 32;
const ROUND_MS = 4_000;
const GOAL = 0.5;

/**
 * Register account over HTTP, with validation, authorisation and receipt, against a bare handler on the same store: the service
 * in a process of its own with its own read models, and the whole platform in one process, which folds those of all services.
 */
export async function commandsBench(databaseUrl: string): Promise<Finding[]> {
  const platform = await startBenchPlatform(databaseUrl);
  const beside = await databaseBeside(databaseUrl, 1);
  const paused = await startBenchPlatform(beside);
  await paused.pause();
  const service = await startBenchService('accounts', beside, paused.folder);
  const key = await readFile(join(platform.folder, 'signing-key.json'), 'utf8');
  const bare = await startProgram('bench/bare-handler.ts', [databaseUrl, key], 'listening ');
  const barePort = /listening (\d+)/.exec(bare.output())?.[1] ?? '';
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  let serial = 0;
  const contender = (name: string, url: string, token: string) => ({
    name,
    run: () =>
      load(CALLERS, ROUND_MS, () => {
        serial += 1;
        const body = JSON.stringify({ name: `Bench ${serial} GmbH`, kind: 'customer', legalForm: 'legal' });
        return send(url, agent, { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body);
      }),
  });
  try {
    const contenders = [
      contender('service', `${service.url}/v1/accounts`, paused.token),
      contender('platform', `${platform.url}/v1/accounts`, platform.token),
      contender('bare', `http://127.0.0.1:${barePort}/bare`, platform.token),
    ];
    await interleave(contenders, 1);
    const results = await interleave<LoadResult>(contenders);
    const theirs = results.get('bare') ?? [];
    return [
      finding(
        `register account over HTTP (${CALLERS} callers), the service alone`,
        results.get('service') ?? [],
        theirs,
      ),
      finding('… all services and their read models in one process', results.get('platform') ?? [], theirs),
    ];
  } finally {
    agent.destroy();
    await bare.stop();
    await service.stop();
    await paused.stop();
    await platform.stop();
  }
}

function finding(subject: string, ours: readonly LoadResult[], theirs: readonly LoadResult[]): Finding {
  const ratio = summary(ours.map((result, round) => result.perSecond / (theirs[round] as LoadResult).perSecond));
  return {
    subject,
    ours: text(ours),
    against: `bare handler ${text(theirs)}`,
    ratio: `${(ratio.median * 100).toFixed(0)} % (${(ratio.min * 100).toFixed(0)}-${(ratio.max * 100).toFixed(0)})`,
    goal: `≥ ${GOAL * 100} %`,
    met: ratio.median >= GOAL,
  };
}

function text(results: readonly LoadResult[]): string {
  const rate = perSecondText(summary(results.map(({ perSecond }) => perSecond)));
  return `${rate}, p99 ${summary(results.map(({ p99Ms }) => p99Ms)).median.toFixed(1)} ms`;
}
