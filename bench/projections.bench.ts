import { insightsService } from '@kontor/app-insights';
import { PostgresKeyVault } from '@kontor/event-store';
import { LogFeed } from '@kontor/feed';
import { type Projection, ProjectionRunner } from '@kontor/projections';
import pg from 'pg';
import { dealSource, writeDeals } from './deal-log.ts';
import { type Finding, interleave, perSecondText, summary } from './measure.ts';
import { rawFold } from './raw-fold.ts';

const EVENTS = 200_000;
const GOAL = 0.6;
const GOAL_PER_SECOND = 20_000;
/** The same tables, filled by hand. */
const RAW = 'raw_pipeline';

export function pipelineProjection(): Projection {
  const found = insightsService.projections.find(({ name }) => name === 'pipeline');
  if (found === undefined) throw new Error('insights has no pipeline projection');
  return found;
}

/** The pipeline from the first event to the head, against a loop that reads the log and writes the same rows. */
export async function projectionsBench(databaseUrl: string): Promise<Finding[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const head = await writeDeals(pool, EVENTS);
  const source = await dealSource(pool);
  await pool.query('vacuum analyze');
  const feed = new LogFeed([source]);
  const vault = new PostgresKeyVault({ pool });
  const projection = pipelineProjection();
  const runner = new ProjectionRunner(pool, feed, projection, { vault });
  const raw = new ProjectionRunner(pool, feed, { ...projection, name: RAW, viewSchema: RAW, views: {} }, { vault });
  await raw.prepare();
  try {
    const contenders = [
      {
        name: 'kontor',
        run: async () => {
          await runner.rebuild();
          return perSecond(head, () => runner.catchUp());
        },
      },
      {
        name: 'loop',
        run: async () => {
          await raw.rebuild();
          return perSecond(head, () => rawFold(pool, source.store, raw.schema));
        },
      },
    ];
    await interleave(contenders, 1);
    const results = await interleave<number>(contenders);
    await requireSameRows(pool, runner.schema, raw.schema);
    const [ours, theirs] = [results.get('kontor') ?? [], results.get('loop') ?? []];
    const ratio = summary(ours.map((rate, round) => rate / (theirs[round] as number)));
    const rate = summary(ours);
    return [
      {
        subject: `pipeline from the first of ${head} events`,
        ours: perSecondText(rate),
        against: `hand-written loop ${perSecondText(summary(theirs))}`,
        ratio: `${(ratio.median * 100).toFixed(0)} % (${(ratio.min * 100).toFixed(0)}-${(ratio.max * 100).toFixed(0)})`,
        goal: `≥ ${GOAL * 100} %`,
        met: ratio.median >= GOAL,
      },
      {
        subject: 'pipeline, events folded',
        ours: perSecondText(rate),
        against: '',
        ratio: '',
        goal: `≥ ${GOAL_PER_SECOND}/s on an idle machine`,
        met: rate.median >= GOAL_PER_SECOND ? true : null,
      },
    ];
  } finally {
    await source.store.close();
    await pool.end();
  }
}

async function perSecond(events: bigint, fold: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await fold();
  return Number(events) / ((performance.now() - begin) / 1000);
}

/** Otherwise the loop would be fast at something else. */
async function requireSameRows(pool: pg.Pool, ours: string, theirs: string): Promise<void> {
  for (const table of ['deal_facts', 'deals']) {
    const { rows } = await pool.query<{ digest: string }>(
      `select count(*) || '/' || sum(hashtextextended(t::text, 0)) as digest from ${ours}.${table} t
       union all select count(*) || '/' || sum(hashtextextended(t::text, 0)) from ${theirs}.${table} t`,
    );
    if (rows[0]?.digest !== rows[1]?.digest)
      throw new Error(
        `${table}: the loop wrote other rows than the projection (${rows.map((r) => r.digest).join(', ')})`,
      );
  }
}
