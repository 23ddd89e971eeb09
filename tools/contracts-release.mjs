// What a release promises, and whether it is still kept. Run with the SWC hook:
//   node --import ./tools/swc-hook.mjs tools/contracts-release.mjs --check     the promises of the last release hold
//   node --import ./tools/swc-hook.mjs tools/contracts-release.mjs NAME        writes those of the release NAME
// Promises are docs/contracts/released/*.json: the JSON Schema of every contract, the envelope of a record, and the golden
// file of every stored event. They are written once per release, from a clean tree, and only when they keep the last ones.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { asyncApiDocument } from './asyncapi-doc.mjs';
import { incompatibilities } from './contract-compatibility.mjs';
import { root, sourceFiles } from './source-files.mjs';
import { goldenFaults, goldenFilesOf, goldenPaths, sha256OfFile, storedNames, upcastFaults } from './stored-events.mjs';

const FOLDER = 'docs/contracts/released';
const EVENTS = 'stored-events';
const NAME = /^[a-z0-9][a-z0-9.-]{0,31}$/;

const load = (path) => import(pathToFileURL(join(root, path)).href);

/** Contracts by service and type; the envelope, which all records have, as a service of its own. */
export async function currentContracts() {
  const services = [];
  for (const path of sourceFiles(/^libs\/[^/]+\/contracts\/src\/index\.ts$/)) {
    const { contracts = [] } = await load(path);
    services.push({ context: path.split('/')[1], contracts });
  }
  const { PARTITIONS } = await load('libs/kernel/src/contract.ts');
  const { components } = asyncApiDocument(services, PARTITIONS);
  const { headers, payload } = components.messages['kontor.feed.watermark.v1'];
  const own = services.map(({ context, contracts }) => [
    context,
    Object.fromEntries(
      contracts.toSorted((a, b) => (a.type < b.type ? -1 : 1)).map(({ type, schema }) => [type, schema]),
    ),
  ]);
  const envelope = {
    'kontor.record': components.schemas.headers,
    'kontor.partitions': { const: PARTITIONS },
    'kontor.feed.watermark.v1': { type: 'object', required: ['headers', 'payload'], properties: { headers, payload } },
  };
  return Object.fromEntries([...own, ['envelope', envelope]]);
}

/** Of all services, and what administrators do with them. */
export async function storedAggregates() {
  const aggregates = [];
  for (const path of sourceFiles(/^apps\/(?!kontor\/)[^/]+\/src\/[^/]+\.subscriptions\.ts$/))
    for (const definition of Object.values(await load(path)))
      if (Array.isArray(definition?.aggregates)) aggregates.push(...definition.aggregates);
  for (const path of sourceFiles(/^apps\/kontor\/src\/administration\/[^/]+\.decider\.ts$/))
    for (const aggregate of Object.values(await load(path))) if (aggregate?.codec) aggregates.push(aggregate);
  return aggregates;
}

function released() {
  const folder = join(root, FOLDER);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  return Object.fromEntries(
    files.map((file) => [basename(file, '.json'), JSON.parse(readFileSync(join(folder, file), 'utf8'))]),
  );
}

/** One sentence per promise that is not kept. */
async function faultsNow() {
  const { [EVENTS]: events, ...services } = released();
  const contracts = await currentContracts();
  const aggregates = await storedAggregates();
  const names = storedNames(aggregates);
  return [
    ...Object.entries(services).flatMap(([service, was]) => incompatibilities(was.contracts, contracts[service] ?? {})),
    ...upcastFaults(aggregates),
    ...goldenFaults(events?.files ?? {}, names, goldenFilesOf(names, goldenPaths()), sha256OfFile),
  ];
}

function write(file, content) {
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(join(root, FOLDER, `${file}.json`), `${JSON.stringify(content, undefined, 2)}\n`);
}

async function release(name) {
  const before = Object.values(released()).find(({ release: last }) => last === name);
  if (before !== undefined) return [`${name} has been released: give the next release its own name`];
  const changes = execFileSync('git', ['status', '--porcelain', '--', 'libs', 'apps'], { cwd: root, encoding: 'utf8' });
  if (changes !== '') return ['libs and apps hold what is not committed: a release is a commit'];
  const faults = await faultsNow();
  if (faults.length > 0) return faults;
  for (const [service, contracts] of Object.entries(await currentContracts()))
    if (Object.keys(contracts).length > 0) write(service, { release: name, contracts });
  const names = storedNames(await storedAggregates());
  const files = Object.entries(goldenFilesOf(names, goldenPaths())).map(([stored, [file]]) => [
    stored,
    { file, sha256: sha256OfFile(file) },
  ]);
  write(EVENTS, { release: name, files: Object.fromEntries(files) });
  return [];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [argument = ''] = process.argv.slice(2);
  if (argument !== '--check' && !NAME.test(argument)) {
    console.error('usage: npm run contracts:release -- NAME   (small letters, digits, dots and dashes)');
    process.exit(2);
  }
  const faults = argument === '--check' ? await faultsNow() : await release(argument);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
