// What a release leaves behind for its successors: a firm as that release recorded it, as a backup and as a database, and
// the figures that it showed. e2e/upgrade.e2e.spec.ts gives both to today's code and expects the same figures.
//
//   node tools/release-fixture.mjs --tree FOLDER --database URL --name NAME
//
// FOLDER is a clone at the commit of the release, with its modules installed; URL is an empty database of a PostgreSQL
// that the `pg_dump` of this machine can read. e2e/fixtures/README.md says more.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { root } from './source-files.mjs';

const WAIT_MS = 120_000;
const LOOK_EVERY_MS = 200;
const DEMO_SIZE = '8';
const PAGE = 200;

const { values } = parseArgs({
  options: { tree: { type: 'string' }, database: { type: 'string' }, name: { type: 'string' } },
});
const { tree, database, name } = values;
if (tree === undefined || database === undefined || name === undefined)
  throw new Error('usage: node tools/release-fixture.mjs --tree FOLDER --database URL --name NAME');

const out = join(root, 'e2e', 'fixtures', name);
if (existsSync(out)) throw new Error(`${out} is there already: what a release left behind is not made again`);

const work = mkdtempSync(join(tmpdir(), 'kontor-release-'));
const data = join(work, 'data');
const node = join(resolve(tree), 'node_modules', '.bin', 'node');
const commit = spawnSync('git', ['-C', tree, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).stdout.trim();

function start() {
  const child = spawn(
    node,
    [
      ...['--import', './tools/swc-hook.mjs', 'apps/kontor/src/main.ts'],
      ...['--data', data, '--port', '0', '--database', database, '--empty'],
    ],
    { cwd: tree, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk.toString('utf8')));
  const ended = new Promise((done) => child.once('exit', (code) => done(code)));
  return { child, ended, up: () => until('the platform is up', () => said.includes('Kontor is up at')) };
}

function command(...args) {
  const { status, stdout, stderr } = spawnSync(node, ['tools/kontor.mjs', '--data', data, '--json', ...args], {
    cwd: tree,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`kontor ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout === '' ? undefined : JSON.parse(stdout);
}

async function until(what, look) {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited too long until ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

async function ask(method, path, body) {
  const response = await fetch(`${readFileSync(join(data, 'url'), 'utf8').trim()}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${readFileSync(join(data, 'admin-token'), 'utf8').trim()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, body: json ? JSON.parse(text) : text };
}
async function get(path) {
  const { status, body } = await ask('GET', path);
  if (status !== 200) throw new Error(`GET ${path} was answered with ${status}: ${JSON.stringify(body)}`);
  return body;
}
async function post(path, sent) {
  const { status, body } = await ask('POST', path, sent);
  if (status !== 200 && status !== 201)
    throw new Error(`POST ${path} was answered with ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Every subscription has handled, and every sealer has sealed, all that there is. */
const settled = () =>
  until('everything is folded and sealed', async () => {
    const { services } = await get('/v1/platform/status');
    const behind = services.flatMap(({ subscriptions }) => subscriptions).some(({ lagEvents }) => lagEvents !== '0');
    const logs = String((await ask('GET', '/v1/platform/verification')).body)
      .trim()
      .split('\n');
    const open = logs.map((line) => JSON.parse(line).log).some((log) => log !== undefined && log.unsealed !== '0');
    return !behind && !open;
  });

/** The demo firm, and what it has nothing of: people as clients, a quote, a promise, a credit note, erasures, a rebuild. */
async function buildFirm() {
  const { today } = command('demo', '--size', DEMO_SIZE);
  const person = async (personName) => (await post('/v1/accounts', { name: personName, legalForm: 'natural' })).id;
  const remembered = await person('Adelheid Rottweiler');
  const erased = await person('Balduin Vogelsang');
  const firm = (await get('/v1/accounts?number=A-000001')).items[0];
  const product = (await get('/v1/products?limit=1')).items[0];
  const quote = await post('/v1/quotes', {
    accountId: firm.id,
    currency: 'EUR',
    lines: [{ productId: product.id, quantity: { value: 1, scale: 0 }, unitPrice: { value: 1_250, scale: 2 } }],
    validUntil: today,
  });
  await post(`/v1/quotes/${quote.id}/send`, { version: 1 });
  await post(`/v1/quotes/${quote.id}/accept`, { version: 1, evidence: 'purchase order 4711' });
  const open = (await get(`/v1/invoices?limit=${PAGE}`)).items.filter(({ issued, paid }) => issued && !paid);
  await post('/v1/promises', {
    accountId: open[0].accountId,
    amount: { amountMinor: 10_000, currency: 'EUR' },
    promisedOn: today,
  });
  await post('/v1/credit-notes', {
    invoiceNumber: open[1].number,
    amount: { amountMinor: 5_000, currency: 'EUR' },
    reason: 'scratches',
  });
  await settled();
  command('rebuild', 'pipeline');
  command('rebuild', 'pipeline', 'switch');
  // One who received letters, and one who is a client.
  const notices = (await get(`/v1/insights/dunning/notices?limit=${PAGE}`)).items;
  const { contactId } = await get(`/v1/dunning/notices/${notices[0].noticeId}`);
  for (const subject of [erased, contactId]) command('erase', subject, '--reason', 'asked for it', '--yes');
  await settled();
  return { today, people: { remembered, erased } };
}

const KNOWN_ONLY_NOW = new Set(['positions', 'next', 'consistencyToken']);
/** Without what says how far the log was at the time. */
function lasting(value) {
  if (Array.isArray(value)) return value.map(lasting);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => !KNOWN_ONLY_NOW.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, lasting(inner)]));
}

/** Answers to questions that have the same answer for ever: of a fixed date, as known at a fixed moment. */
async function figuresOf({ today, people }) {
  const known = new Date().toISOString();
  const before = new Date(Date.parse(today) - 60 * 86_400_000).toISOString().slice(0, 10);
  const asked = (path, query) => `/v1/insights/${path}?${new URLSearchParams({ ...query, asKnownAt: known })}`;
  const lists = ['accounts', 'orders', 'deliveries', 'invoices', 'payments', 'credit-notes', 'units', 'claims'];
  const notices = asked('dunning/notices', { asOf: today, limit: String(PAGE) });
  const { items } = await get(notices);
  const paths = [
    ...[today, before].flatMap((asOf) => [
      asked('pipeline', { asOf }),
      asked('ageing', { asOf }),
      asked('collection', { to: asOf, days: '90' }),
    ]),
    ...['owner', 'manager', 'region'].map((groupBy) => asked('pipeline', { asOf: today, groupBy })),
    asked('dunning/cases', { asOf: today, limit: String(PAGE) }),
    asked('dunning/cases', { asOf: today, limit: String(PAGE), state: 'closed' }),
    notices,
    ...lists.map((list) => `/v1/${list}?limit=${PAGE}`),
    ...Object.values(people).map((id) => asked(`accounts/${id}`, { asOf: today })),
    ...Object.values(people).map((id) => `/v1/accounts/${id}`),
    ...items.flatMap(({ noticeId }) => [`/v1/dunning/notices/${noticeId}`, `/v1/dunning/notices/${noticeId}/content`]),
  ];
  const answers = [];
  for (const path of paths) {
    const { status, body } = await ask('GET', path);
    if (status !== 200 && status !== 410) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    const text = typeof body === 'string';
    // A letter is as long as a letter is: its hash says the same.
    answers.push(
      text
        ? { path, status, sha256: createHash('sha256').update(body).digest('hex') }
        : { path, status, body: lasting(body) },
    );
  }
  return answers;
}

let platform = start();
try {
  await platform.up();
  const firm = await buildFirm();
  const backup = join(work, 'backup.kontor');
  const { logs } = command('backup', backup, '--with-keys');
  await settled();
  const answers = await figuresOf(firm);
  const verified = command('verify').map(({ service, verified: events }) => ({ service, events }));
  platform.child.kill('SIGTERM');
  await platform.ended;
  platform = undefined;

  // Roles belong to a server, not to a database: the next start makes them and gives them their rights.
  const dump = spawnSync('pg_dump', ['--no-owner', '--no-privileges', '--inserts', '--rows-per-insert=500', database], {
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  });
  if (dump.status !== 0) throw new Error(`pg_dump ended with ${dump.status}: ${dump.stderr}`);
  const server = /Dumped from database version (.*)/.exec(dump.stdout)?.[1];
  const tool = /Dumped by pg_dump version (.*)/.exec(dump.stdout)?.[1];
  // Lines that begin with a backslash are for psql.
  const sql = dump.stdout.replaceAll(/^\\.*\n/gm, '');

  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'backup.kontor'), readFileSync(backup));
  writeFileSync(join(out, 'seal-public-keys.pem'), readFileSync(join(data, 'seal-public-keys.pem')));
  writeFileSync(join(out, 'database.sql.gz'), gzipSync(sql, { level: 9 }));
  const about = JSON.stringify({ commit, server, tool, ...firm, backup: logs, verified }, undefined, 2).slice(0, -2);
  const lines = answers.map((answer) => `    ${JSON.stringify(answer)}`).join(',\n');
  writeFileSync(join(out, 'figures.json'), `${about},\n  "answers": [\n${lines}\n  ]\n}\n`);
  console.log(`${out}: ${answers.length} answers of ${commit}`);
} finally {
  platform?.child.kill('SIGTERM');
  await platform?.ended;
  rmSync(work, { recursive: true, force: true });
}
