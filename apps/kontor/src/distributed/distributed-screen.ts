import { print, table } from '../cli/output.ts';
import type { Distributed } from './start-distributed.ts';

/** What a person sees after `npm run start:distributed`: what runs where, and where to go. */
export async function distributedScreen(distributed: Distributed, _options: { readonly demo: boolean }): Promise<void> {
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
