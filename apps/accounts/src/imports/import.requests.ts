import { zBusinessDate, zUuid } from '@kontor/http';
import { z } from 'zod';
import { MAX_IMPORT_ROWS } from '../accounts.config.ts';

export const BeginImportRequest = z
  .strictObject({
    source: z.enum(['crm', 'receivables']),
    contentHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal'),
  })
  .meta({ id: 'BeginImportRequest', description: 'The files of a source, known by their content.' });

/**
 * Rows are looked at one by one, so that one that is not right is rejected by itself: here they only have to be objects
 * with the number of their line.
 */
export const ImportRowsRequest = z
  .strictObject({
    runId: zUuid,
    date: zBusinessDate.describe('The date of the run, as it was answered when the run began.'),
    update: z.boolean().default(false).describe('Apply what differs and is a legal next step.'),
    dryRun: z.boolean().default(false).describe('Say what would happen, and change nothing.'),
    rows: z
      .array(z.looseObject({ line: z.number().int().min(1) }))
      .min(1, 'must not be empty')
      .max(MAX_IMPORT_ROWS, `must have at most ${MAX_IMPORT_ROWS} rows`),
  })
  .meta({ id: 'ImportRowsRequest' });

export type ImportRows = z.infer<typeof ImportRowsRequest>;
export type RawRow = ImportRows['rows'][number];
