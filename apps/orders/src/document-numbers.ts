import type { Outcome, CommandEnvelope, ServiceRuntime } from '@kontor/service';
import { KONTOR_NAMESPACE, uuidV5 } from '@kontor/service';
import { numberRangeAggregate, numberRangeName, numberText, type NumberedKind } from '@kontor/orders-domain';

export interface NumberedDocument {
  readonly kind: NumberedKind;
  readonly entityId: string;
  readonly documentId: string;
  readonly businessDate: string;
}

/**
 * Sends a command that needs a number. First without one: where the decider misses nothing else it says so, and only
 * then is a number taken. So a refused document takes none, and a repeated command is answered before it is asked for.
 */
export async function withNumber(
  runtime: ServiceRuntime,
  document: NumberedDocument,
  envelope: CommandEnvelope,
  send: (number: string | null) => Promise<Outcome>,
): Promise<Outcome> {
  const tried = await send(null);
  if (tried.kind === 'accepted' || tried.refusal.code !== 'NumberMissing') return tried;
  return send(await assignNumber(runtime, document, envelope));
}

/** The command's id derives from the document: asked again, the range answers with the number it gave. */
async function assignNumber(
  runtime: ServiceRuntime,
  { kind, entityId, documentId, businessDate }: NumberedDocument,
  envelope: CommandEnvelope,
): Promise<string> {
  const year = businessDate.slice(0, 4);
  const outcome = await runtime.runner.execute(
    numberRangeAggregate,
    uuidV5(KONTOR_NAMESPACE, numberRangeName(entityId, kind, year)),
    { type: 'AssignNumber', entityId, kind, year, documentId },
    {
      commandId: uuidV5(documentId, 'number'),
      requestHash: '',
      actor: envelope.actor,
      origin: envelope.origin,
      correlationId: envelope.correlationId,
      causationId: envelope.commandId,
      occurredAt: envelope.occurredAt,
    },
  );
  if (outcome.kind === 'refused') throw new Error(`the number range refused: ${outcome.refusal.code}`);
  // One event per number: the revision says which it is, also when it was given out before.
  return numberText(entityId, kind, year, Number(outcome.receipt.revision) + 1);
}
