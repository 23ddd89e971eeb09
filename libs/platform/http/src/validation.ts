import type { z } from 'zod';
import { type FieldError, Problem } from './problem.ts';

/** A request that its schema refuses; names every field and why. */
export class ValidationProblem extends Error {
  readonly problem: Problem;
  constructor(private readonly errors: readonly FieldError[]) {
    super('the request is not valid');
    this.name = 'ValidationProblem';
    const first = errors[0] ?? { field: '', reason: 'not valid' };
    const named = `${first.field === '' ? 'the request' : `${first.field}:`} ${first.reason}`;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    this.problem = new Problem(422, 'InvalidRequest', named + more, { errors });
  }

  /** The same, of a value that has this name in the request. */
  under(name: string): ValidationProblem {
    return new ValidationProblem(
      this.errors.map(({ field, reason }) => ({ field: field === '' ? name : `${name}.${field}`, reason })),
    );
  }
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Standard Schema issues as field errors; unknown fields are named one by one. */
export function fieldErrors(issues: readonly Issue[]): FieldError[] {
  return issues.flatMap((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
    const zodIssue = issue as Partial<z.core.$ZodIssueUnrecognizedKeys>;
    if (zodIssue.code === 'unrecognized_keys' && zodIssue.keys !== undefined)
      return zodIssue.keys.map((key) => ({
        field: [...path, key].join('.'),
        reason: 'no such field',
      }));
    return [{ field: path.join('.'), reason: issue.message }];
  });
}

/** Parses what came with a request, or throws a ValidationProblem: for what no pipe sees (headers, cursors). */
export function parseOrRefuse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ValidationProblem(fieldErrors(parsed.error.issues));
  return parsed.data;
}
