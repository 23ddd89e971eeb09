import type { Json, Refusal } from '@kontor/kernel';

export interface FieldError {
  /** Path of the field in the request, `lines.0.quantity`; empty for the body itself. */
  readonly field: string;
  readonly reason: string;
}

/** RFC 9457 problem details; `code` is the refusal's sentence without spaces. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance?: string;
  readonly facts?: { readonly [name: string]: Json };
  readonly errors?: readonly FieldError[];
}

/** Thrown at the edge only: what the caller gets instead of an answer. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly more: {
      readonly facts?: { readonly [name: string]: Json };
      readonly errors?: readonly FieldError[];
      readonly headers?: { readonly [name: string]: string };
    } = {},
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Problem';
  }

  document(instance: string): ProblemDocument {
    return {
      type: `urn:kontor:problem:${this.code}`,
      title: words(this.code),
      status: this.status,
      detail: this.detail,
      code: this.code,
      instance,
      ...(this.more.facts === undefined ? {} : { facts: this.more.facts }),
      ...(this.more.errors === undefined ? {} : { errors: this.more.errors }),
    };
  }
}

/** Which HTTP status a context's refusal codes have. A code that is missing here is answered with 409. */
export type ProblemStatuses = { readonly [code: string]: number };

export function problemOf(refusal: Refusal, statuses: ProblemStatuses): Problem {
  return new Problem(statuses[refusal.code] ?? 409, refusal.code, refusal.sentence, {
    facts: refusal.facts,
  });
}

export function invalidField(field: string, reason: string): Problem {
  return new Problem(422, 'InvalidRequest', `${field}: ${reason}`, { errors: [{ field, reason }] });
}

export function notFound(what: string, id: string): Problem {
  return new Problem(404, 'NotFound', `There is no ${what} ${id}.`, { facts: { id } });
}

/** `CreditLimitExceeded` → "Credit limit exceeded". */
function words(code: string): string {
  const spaced = code.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
