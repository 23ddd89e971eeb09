import type { Stage } from '@kontor/accounts-domain';
import type { Cursor } from '@kontor/http';
import type pg from 'pg';
import { Statement } from '../moment.ts';

export interface PipelineListItem {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly stages: readonly Stage[];
}

export async function listPipelines(
  pool: pg.Pool,
  name: string | undefined,
  page: { readonly asKnownAt: string; readonly after: Cursor | undefined; readonly limit: number },
): Promise<PipelineListItem[]> {
  const statement = new Statement();
  const where = [`recorded_at <= ${statement.$(page.asKnownAt, 'timestamptz')}`];
  if (name !== undefined) where.push(`name = ${statement.$(name, 'text')}`);
  if (page.after !== undefined) where.push(`pipeline_id > ${statement.$(page.after.id, 'uuid')}`);
  const { rows } = await pool.query<PipelineListItem>(
    `select distinct on (pipeline_id) pipeline_id as id, name, version, stages from accounts.pipelines
      where ${where.join(' and ')} order by pipeline_id, version desc
      limit ${statement.$(page.limit + 1, 'integer')}`,
    statement.values,
  );
  return rows;
}
