import { ApiClient } from '../cli/api-client.ts';
import { todayOf } from '../cli/demo-command.ts';
import { print, table } from '../cli/output.ts';
import { buildDemo } from '../demo/build-demo.ts';
import { demoToBuild, noteDemo } from '../embedded/demo-state.ts';
import type { Distributed } from './start-distributed.ts';

/** What a person sees after `npm run start:distributed`: what runs where, and where to go. */
export async function distributedScreen(
  distributed: Distributed,
  options: { readonly demo: boolean; readonly currency: string },
): Promise<void> {
  if (options.demo) await buildDemoOnce(distributed, options.currency);
  const { url, folder } = distributed;
  const { processes, kafka, eventStore } = distributed.running();
  print(
    table(processes, [
      { head: 'process', value: (row) => row.name },
      { head: 'pid', value: (row) => row.pid ?? '?', align: 'right' },
      { head: 'address', value: (row) => row.url ?? '?' },
      { head: 'log', value: (row) => row.logFile },
    ]),
  );
  const ways: [string, string][] = [
    ['events', eventStore],
    ['Kafka', `${kafka.brokers.join(', ')}${kafka.pid === null ? '' : ` (process ${kafka.pid}, ends with this one)`}`],
    ['API', `${url}/v1/…, described at ${url}/docs and ${url}/openapi.json`],
    ['token', folder.file('admin-token')],
    ['processes', folder.file('processes.json')],
    ['command line', `npx kontor --data ${folder.path} --help`],
  ];
  const width = Math.max(...ways.map(([name]) => name.length));
  print(`\n${ways.map(([name, where]) => `${name.padEnd(width)}  ${where}`).join('\n')}`);
}

async function buildDemoOnce({ url, adminToken, folder }: Distributed, currency: string): Promise<void> {
  const api = new ApiClient({ url, token: adminToken, tokenFrom: 'this platform' });
  const order = await demoToBuild(folder, await todayOf(api), () => nothingIsThere(api));
  if (order === undefined) return;
  await noteDemo(folder, order, false);
  print(`Building a demo firm with ${order.size} accounts and two years of history …`);
  const report = await buildDemo(api, order, { currency, showProgress: process.stderr.isTTY });
  await noteDemo(folder, order, true);
  const { deals, orders, claims, notices, seconds } = report;
  print(`${deals} deals, ${orders} orders, ${claims} claims and ${notices} dunning notices in ${seconds} s.`);
}

/** Whoever has begun to work has one of these. */
async function nothingIsThere(api: ApiClient): Promise<boolean> {
  for (const things of ['accounts', 'staff', 'products']) {
    const { items } = await api.get<{ items: readonly object[] }>(`/v1/${things}?limit=1`);
    if (items.length > 0) return false;
  }
  return true;
}
