import { erasureAggregate } from '@kontor/accounts-domain';
import { type CommandEnvelope, KONTOR_NAMESPACE, type Outcome, type ServiceRuntime, uuidV5 } from '@kontor/service';

/**
 * Erases the personal data of an account, contact or staff member. The key goes first: from then on nobody reads
 * them, and whoever folds the event afterwards cannot see them again. Repeating it after a fault in between does the rest.
 */
export async function erasePersonalData(
  runtime: ServiceRuntime,
  subject: string,
  envelope: CommandEnvelope,
): Promise<Outcome> {
  await runtime.vault.destroy(subject);
  return recordErasure(runtime, subject, envelope);
}

function recordErasure(runtime: ServiceRuntime, subject: string, envelope: CommandEnvelope): Promise<Outcome> {
  return runtime.runner.execute(erasureAggregate, subject, { type: 'RecordErasure', subject }, envelope);
}

/** Records every destroyed key that no event speaks of yet: left by a fault in between, or brought by a restore. */
export async function recordDestroyedKeys(runtime: ServiceRuntime, signal: AbortSignal): Promise<void> {
  for (const subject of await runtime.vault.destroyedSubjects()) {
    if (signal.aborted) return;
    const commandId = uuidV5(KONTOR_NAMESPACE, `destroyed key|${subject}`);
    const outcome = await recordErasure(runtime, subject, {
      commandId,
      requestHash: '',
      actor: 'accounts',
      origin: 'process',
      correlationId: commandId,
      occurredAt: runtime.clock.now(),
      reason: 'its key was found destroyed',
    });
    if (outcome.kind === 'refused') throw new Error(`${subject}: ${outcome.refusal.sentence}`);
  }
}
