// One projection folded from the first event to the head in a process of its own, so that its memory can be watched: by a
// rebuild beside the live one, or by the loop written by hand. Says `idle` when all is loaded, begins at the first line of
// input, says `folded <ms> into <schema>` and drops what it built at the second line.
import { insightsService } from '@kontor/app-insights';
import { PostgresKeyVault } from '@kontor/event-store';
import { LogFeed } from '@kontor/feed';
import { AppendLatency, LiveProjection, type Projection, ProjectionRunner, Rebuild } from '@kontor/projections';
import pg from 'pg';
import { dealSource } from './deal-log.ts';
import { ledgerSource } from './ledger-log.ts';
import { rawFold } from './raw-fold.ts';
import { rawLedgerFold } from './raw-ledger-fold.ts';

const LOOK_MS = 20;

const [databaseUrl, contender, name] = process.argv.slice(2) as [string, 'kontor' | 'loop', 'pipeline' | 'dunning'];
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const source = await (name === 'pipeline' ? dealSource(pool) : ledgerSource(pool));
const feed = new LogFeed([source]);
const vault = new PostgresKeyVault({ pool });
const projection = insightsService.projections.find((one) => one.name === name);
if (projection === undefined) throw new Error(`insights has no projection ${name}`);

const input = process.stdin[Symbol.asyncIterator]();
if (contender === 'kontor') await rebuilt(projection);
else await looped(projection);
process.exit(0);

async function rebuilt(projection: Projection): Promise<void> {
  const live = new LiveProjection(pool, feed, projection, { vault, latency: new AppendLatency() });
  await live.prepare();
  await passOver(live.schema);
  const rebuild = new Rebuild(live);
  await live.start();
  await told('idle\n');
  const begun = performance.now();
  await rebuild.start({ actor: 'bench' });
  for (;;) {
    const { caughtUp, error, schema } = await rebuild.status();
    if (error !== null) throw new Error(error);
    if (caughtUp) {
      await told(`folded ${Math.round(performance.now() - begun)} into ${schema}\n`);
      break;
    }
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  await rebuild.cancel({ actor: 'bench' });
  await live.stop();
}

/** The live tables are not what is measured: they stay empty, and their checkpoint is set to the head. */
async function passOver(schema: string): Promise<void> {
  const { service } = source.publication;
  const { position, logId } = await feed.head(service);
  await pool.query(
    `update ${schema}.checkpoints set position = $2, log_id = $3, epoch = gen_random_uuid() where service = $1`,
    [service, position, logId],
  );
}

async function looped(projection: Projection): Promise<void> {
  const raw = `raw_${name}`;
  const runner = new ProjectionRunner(pool, feed, { ...projection, name: raw, viewSchema: raw, views: {} }, { vault });
  await runner.prepare();
  await runner.rebuild();
  await told('idle\n');
  const begun = performance.now();
  const { store } = source;
  if (name === 'pipeline') await rawFold(pool, store, runner.schema);
  else await rawLedgerFold(pool, store, runner.schema, projection);
  await told(`folded ${Math.round(performance.now() - begun)} into ${runner.schema}\n`);
}

/** Says it and waits for the next line of input. */
async function told(text: string): Promise<void> {
  process.stdout.write(text);
  await input.next();
}
