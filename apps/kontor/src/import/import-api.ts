import type { ApiClient } from '../cli/api-client.ts';
import type { Numbered, RowResult } from './import-file.ts';

/** What every call of an import says besides its rows. */
export interface ImportMode {
  readonly runId: string;
  readonly date: string;
  readonly update: boolean;
  readonly dryRun: boolean;
}

export type SendRows = <Row extends object>(
  path: string,
  rows: readonly Numbered<Row>[],
  more?: { readonly [field: string]: unknown },
) => Promise<readonly RowResult[]>;

export function rowSender(api: ApiClient, mode: ImportMode): SendRows {
  return async (path, rows, more = {}) => {
    const answer = await api.post<{ rows: readonly RowResult[] }>(path, { ...mode, ...more, rows });
    return answer.rows;
  };
}
