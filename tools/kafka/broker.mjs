// A Kafka (KRaft mode, real brokers) for tests, benchmarks and start:distributed. Nothing survives it, unless a folder is named.
//
//   import { startKafka } from './tools/kafka/broker.mjs';
//   const kafka = await startKafka({ nodes: 3 });   // { brokers, nodes, stop }
//
// or `node tools/kafka/broker.mjs`, which prints the address and serves until it is interrupted.
//
// As with tools/pg-server.mjs a shell stands between Node and each broker and waits on a pipe from Node: when Node goes,
// in whatever way, the pipe closes, and the shell kills the broker and removes its folder. A folder that was named stays, and the
// next start goes on with the topics in it. POSIX only.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { kafkaJars } from './jars.mjs';

/** Two busy cores need 10 s for three nodes; a machine under load many times that. */
const READY_WITHIN_MS = 120_000;
const POLL_MS = 50;
/** Small heaps, and no second compiler: a broker of a test lives for seconds. */
const JVM = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

// Killed, not asked to stop: the folder goes with it. "keep" is said when the same node will be started again. A log of a
// broker that was killed is read again at the next start, which no more than an orderly end loses what was acknowledged.
const KEEPER = `
"$@" >>"$ROOT/log" 2>&1 & server=$!
echo $server
read -r word
{ kill -KILL $server; wait $server; } 2>/dev/null
[ "$word" = keep ] || [ "$KEEP" = yes ] || rm -rf "$ROOT"
`;

/**
 * @param {{ nodes?: number, folder?: string, advertise?: (address: string) => Promise<string> }} [options] in a folder the brokers
 *   keep their topics from one start to the next; `advertise` says where everybody is told to reach a broker, a wire for instance
 * @returns {Promise<{
 *   brokers: string[],
 *   nodes: { readonly pid: number, kill: () => Promise<void>, start: () => Promise<void>, stall: () => void, resume: () => void }[],
 *   stop: () => Promise<void>,
 * }>}
 */
export async function startKafka({ nodes: count = 1, folder, advertise = async (address) => address } = {}) {
  const jars = kafkaJars();
  const cluster = clusterIn(folder);
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const ports = await freePorts(2 * count);
  const voters = ids.map((id) => `${id}@127.0.0.1:${ports[2 * id - 1]}`).join(',');
  const replicas = Math.min(count, 3);
  const brokers = await Promise.all(ids.map((id) => advertise(`127.0.0.1:${ports[2 * id - 2]}`)));
  const nodes = ids.map((id) =>
    brokerNode(jars, cluster, folder === undefined ? undefined : join(folder, String(id)), {
      'process.roles': 'broker,controller',
      'node.id': id,
      'controller.quorum.voters': voters,
      listeners: `PLAINTEXT://127.0.0.1:${ports[2 * id - 2]},CONTROLLER://127.0.0.1:${ports[2 * id - 1]}`,
      'advertised.listeners': `PLAINTEXT://${brokers[id - 1]}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'controller.listener.names': 'CONTROLLER',
      'inter.broker.listener.name': 'PLAINTEXT',
      'offsets.topic.replication.factor': replicas,
      'offsets.topic.num.partitions': 3,
      'transaction.state.log.replication.factor': replicas,
      'transaction.state.log.min.isr': 1,
      'transaction.state.log.num.partitions': 3,
      'min.insync.replicas': Math.max(1, replicas - 1),
      'group.initial.rebalance.delay.ms': 0,
      'group.min.session.timeout.ms': 1_000,
      'auto.create.topics.enable': false,
      'num.network.threads': 2,
      'num.io.threads': 2,
    }),
  );
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.end()));
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { brokers, nodes, stop };
}

/** One broker, which can be killed and started again on the same address and folder. */
function brokerNode(jars, cluster, kept, properties) {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'kontor-kafka-'));
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  // What the storage tool would write, without a JVM for it.
  const identity = { version: 1, 'cluster.id': cluster, 'node.id': properties['node.id'], 'directory.id': randomId() };
  const meta = join(data, 'meta.properties');
  if (!existsSync(meta)) writeFileSync(meta, lines(identity));
  writeFileSync(join(folder, 'server.properties'), lines({ ...properties, 'log.dirs': data }));
  let keeper;
  let gone;
  const node = {
    pid: 0,
    async start() {
      writeFileSync(join(folder, 'log'), '');
      keeper = spawn(
        '/bin/sh',
        [
          ...['-c', KEEPER, 'sh', 'java', ...JVM, '-cp', join(jars, '*')],
          `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.xml')}`,
          ...['kafka.Kafka', join(folder, 'server.properties')],
        ],
        {
          cwd: folder,
          env: { PATH: process.env.PATH ?? '', ROOT: folder, KEEP: kept === undefined ? 'no' : 'yes' },
          stdio: ['pipe', 'pipe', 'ignore'],
          // Away from the terminal's process group: Ctrl-C must reach Node, whose end ends the broker.
          detached: true,
        },
      );
      gone = new Promise((resolve) => keeper.once('exit', resolve));
      node.pid = Number(await new Promise((resolve) => keeper.stdout.once('data', resolve)));
      // What waits for tests must not keep Node alive, nor must the broker.
      keeper.unref();
      keeper.stdin.unref();
      keeper.stdout.unref();
      await ready(folder, node.pid);
    },
    /** SIGKILL; its log stays, for `start`. */
    async kill() {
      keeper.ref();
      keeper.stdin.end('keep\n');
      await gone;
      keeper = undefined;
    },
    stall() {
      process.kill(node.pid, 'SIGSTOP');
    },
    resume() {
      process.kill(node.pid, 'SIGCONT');
    },
    async end() {
      if (keeper !== undefined) {
        keeper.ref();
        keeper.stdin.end();
        await gone;
      }
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
  return node;
}

async function ready(folder, pid) {
  const log = () => readFileSync(join(folder, 'log'), 'utf8');
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (log().includes('Kafka Server started')) return;
    if (!alive(pid)) break;
    await delay(POLL_MS);
  }
  throw new Error(`Kafka was not ready within ${READY_WITHIN_MS} ms:\n${log()}`);
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The name of the cluster in a folder; a new one where there is none. */
function clusterIn(folder) {
  const file = folder === undefined ? undefined : join(folder, 'cluster');
  if (file === undefined) return randomId();
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(folder, { recursive: true });
  const cluster = randomId();
  writeFileSync(file, `${cluster}\n`);
  return cluster;
}

function lines(properties) {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** As Kafka makes its own: 16 bytes in base64, without a dash in front, which a command line would take for an option. */
function randomId() {
  let id = '-';
  while (id.startsWith('-')) id = randomBytes(16).toString('base64url');
  return id;
}

/** Asked for all at once, so that none is given twice. */
async function freePorts(count) {
  const probes = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve, reject) => {
          const probe = createServer();
          probe.once('error', reject);
          probe.listen(0, '127.0.0.1', () => resolve(probe));
        }),
    ),
  );
  const ports = probes.map((probe) => probe.address().port);
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kafka = await startKafka({ nodes: Number(process.argv[2] ?? 1) });
  console.log(kafka.brokers.join(','));
  const hold = setInterval(() => {}, 60_000);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      clearInterval(hold);
      void kafka.stop();
    });
  }
}
