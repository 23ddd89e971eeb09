import { ApiClient } from '../cli/api-client.ts';
import { CliFault } from '../cli/cli-fault.ts';
import { todayOf } from '../cli/demo-command.ts';
import { type CasesAnswer, casesTable } from '../cli/dunning-tables.ts';
import { type AgeingAnswer, ageingTable, type PipelineAnswer, pipelineTable } from '../cli/figure-commands.ts';
import { print } from '../cli/output.ts';
import { buildDemo } from '../demo/build-demo.ts';
import { analystLogin } from './analyst-login.ts';
import { demoToBuild, nobodyHasActed, noteDemo } from './demo-state.ts';
import type { Embedded } from './start.ts';

/** Cases that fit on a screen; the command line shows all. */
const CASES_SHOWN = 10;

/** What a person sees after `npm start`: the firm in three tables, then where to go. Says that it is up when all of it is ready. */
export async function openingScreen(embedded: Embedded, options: { readonly demo: boolean }): Promise<void> {
  const { url, adminToken } = embedded;
  const api = new ApiClient({ url, token: adminToken, tokenFrom: 'this platform' });
  if (options.demo) await buildDemoOnce(embedded, api);
  try {
    await printFirm(embedded, api);
  } catch (error) {
    if (!(error instanceof CliFault)) throw error;
    // A read model that folds a long log at its start must not keep the platform from being used.
    print(`The figures are not ready yet: ${error.message}`);
  }
  await printWays(embedded);
  print(`Kontor is up at ${url}`);
}

async function printFirm(embedded: Embedded, api: ApiClient): Promise<void> {
  const token = await heads(embedded);
  const asOf = `consistentWith=${encodeURIComponent(token)}`;
  const pipeline = await api.get<PipelineAnswer>(`/v1/insights/pipeline?${asOf}`);
  const ageing = await api.get<AgeingAnswer>(`/v1/insights/ageing?${asOf}`);
  const cases = await api.get<CasesAnswer>(`/v1/insights/dunning/cases?limit=${CASES_SHOWN}&${asOf}`);
  if (pipeline.stages.length > 0) {
    print(`\nPipeline as of ${pipeline.asOf}, win rate ${pipeline.winRate ?? '–'} %`);
    print(pipelineTable(pipeline));
  }
  if (ageing.currencies.length > 0) {
    print(`\nAgeing as of ${ageing.asOf}`);
    print(ageingTable(ageing));
    print(`\nOpen dunning cases as of ${cases.asOf}`);
    print(casesTable(cases));
    if (cases.next !== null) print('More of them: npx kontor dunning cases');
  }
}

async function buildDemoOnce(embedded: Embedded, api: ApiClient): Promise<void> {
  const order = await demoToBuild(embedded.folder, await todayOf(api), () => nobodyHasActed(embedded));
  if (order === undefined) return;
  await noteDemo(embedded.folder, order, false);
  print(`Building a demo firm with ${order.size} accounts and two years of history …`);
  const report = await buildDemo(api, order, {
    currency: embedded.platform.entities.find('main')?.baseCurrency ?? 'EUR',
    showProgress: process.stderr.isTTY,
  });
  await noteDemo(embedded.folder, order, true);
  const { deals, orders, claims, notices, seconds } = report;
  print(`${deals} deals, ${orders} orders, ${claims} claims and ${notices} dunning notices in ${seconds} s.`);
}

/** A token of everything that is recorded: the tables show no less than that. */
async function heads({ platform }: Embedded): Promise<string> {
  const positions = await Promise.all(
    ['accounts', 'receivables'].map(async (name) => {
      const service = platform.services.find((candidate) => candidate.name === name);
      const head = await service?.store.head();
      return `${name}:${head?.position ?? 0n}`;
    }),
  );
  return positions.join(',');
}

async function printWays(embedded: Embedded): Promise<void> {
  const { url, folder, ownsDatabase } = embedded;
  const ways: [string, string][] = [
    ['API', `${url}/v1/…, described at ${url}/docs and ${url}/openapi.json`],
    ['token', folder.file('admin-token')],
  ];
  if (ownsDatabase) ways.push(['SQL for analysts', `psql "$(cat ${await analystLogin(embedded)})"`]);
  ways.push(['command line', `npx kontor --data ${folder.path} --help`]);
  const width = Math.max(...ways.map(([name]) => name.length));
  print(`\n${ways.map(([name, where]) => `${name.padEnd(width)}  ${where}`).join('\n')}`);
}
