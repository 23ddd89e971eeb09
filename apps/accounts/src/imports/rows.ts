import { fieldErrors } from '@kontor/http';
import type { Refusal } from '@kontor/kernel';
import type { z } from 'zod';
import type { RawRow } from './import.requests.ts';

/** What became of one row. `field` names the fields concerned, separated by commas. */
export interface RowResult {
  readonly line: number;
  readonly outcome: 'accepted' | 'already-known' | 'rejected';
  readonly code?: string;
  readonly field?: string;
  readonly sentence?: string;
}

/** An outcome and how far the log had to be written for it; null: nothing was. */
export interface RowOutcome {
  readonly result: RowResult;
  readonly position: bigint | null;
}

export function rejected(line: number, code: string, sentence: string, field?: string): RowOutcome {
  return {
    result: { line, outcome: 'rejected', code, sentence, ...(field !== undefined && { field }) },
    position: null,
  };
}

export function refused(line: number, { code, sentence }: Refusal): RowOutcome {
  return rejected(line, code, sentence);
}

/** The row in its form, or its rejection naming the first field that is not right. */
export function parsedRow<Row>(schema: z.ZodType<Row>, raw: RawRow): { row: Row } | { rejection: RowOutcome } {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { row: parsed.data };
  const [first = { field: '', reason: 'is not a row of this file' }] = fieldErrors(parsed.error.issues);
  return { rejection: rejected(raw.line, 'InvalidRow', `${first.field}: ${first.reason}.`, first.field) };
}

/** Works on a few at a time and answers in the order of the list. The first fault stops it: nothing is half reported. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}

/** The answer to a call: rows in the order of the rows, and the token that waits for all of them. */
export function answerOf(service: string, outcomes: readonly RowOutcome[]) {
  const positions = outcomes.flatMap(({ position }) => (position === null ? [] : [position]));
  const last = positions.reduce((a, b) => (a > b ? a : b), 0n);
  return {
    rows: outcomes.map(({ result }) => result),
    consistencyToken: last === 0n ? null : `${service}:${last}`,
  };
}
