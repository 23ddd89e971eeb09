// One projection folded to the head in a process of its own, so that its memory can be watched. Says `idle` when all is
// loaded, begins at the first line of input, says `folded` and rests until it is ended.
import { once } from 'node:events';
import { PostgresKeyVault } from '@kontor/event-store';
import { LogFeed } from '@kontor/feed';
import { ProjectionRunner } from '@kontor/projections';
import pg from 'pg';
import { dealSource } from './deal-log.ts';
import { pipelineProjection } from './projections.bench.ts';

const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 });
const source = await dealSource(pool);
const vault = new PostgresKeyVault({ pool });
const runner = new ProjectionRunner(pool, new LogFeed([source]), pipelineProjection(), { vault });
await runner.prepare();
process.stdout.write('idle\n');
await once(process.stdin, 'data');
await runner.catchUp();
process.stdout.write('folded\n');
