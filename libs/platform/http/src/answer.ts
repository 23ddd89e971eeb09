import type { Outcome, Receipt } from '@kontor/service';
import { problemOf, type ProblemStatuses } from './problem.ts';

/** An answer with its status and headers; anything else that a handler returns is the body of a 200. */
export class Answer<Body> {
  constructor(
    readonly body: Body,
    readonly status: number,
    readonly headers: { readonly [name: string]: string } = {},
  ) {}
}

/** Revision of the stream and position in the log as decimal text; the token makes a query wait for this change. */
type ReceiptDocument = { id?: string; revision: string; position: string; consistencyToken: string };

/** 201 with the new thing's id and address. `extra` goes into the body beside the receipt. */
export function created<Extra extends object>(
  outcome: Outcome,
  statuses: ProblemStatuses,
  location: string,
  extra: Extra,
): Answer<ReceiptDocument & Extra> {
  const receipt = accepted(outcome, statuses);
  const id = location.slice(location.lastIndexOf('/') + 1);
  return new Answer({ id, ...document(receipt), ...extra }, 201, { location, etag: `"${receipt.revision}"` });
}

/** 200 with the receipt. */
export function changed<Extra extends object>(
  outcome: Outcome,
  statuses: ProblemStatuses,
  extra: Extra = {} as Extra,
): Answer<ReceiptDocument & Extra> {
  const receipt = accepted(outcome, statuses);
  return new Answer({ ...document(receipt), ...extra }, 200, { etag: `"${receipt.revision}"` });
}

/** The receipt of an accepted command; a refusal is thrown as a problem. */
export function accepted(outcome: Outcome, statuses: ProblemStatuses): Receipt {
  if (outcome.kind === 'refused') throw problemOf(outcome.refusal, statuses);
  return outcome.receipt;
}

/** A thing folded from its stream, with its revision as ETag. */
export function entity<Body extends object>(revision: bigint, body: Body): Answer<Body & { revision: string }> {
  return new Answer({ ...body, revision: revision.toString() }, 200, { etag: `"${revision}"` });
}

function document(receipt: Receipt): ReceiptDocument {
  return {
    revision: receipt.revision.toString(),
    position: receipt.position.toString(),
    consistencyToken: receipt.consistencyToken,
  };
}
