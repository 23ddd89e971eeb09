import { setTimeout as pause } from 'node:timers/promises';
import { addDays } from '@kontor/kernel';
import {
  dispatchIsDue,
  ledgerAggregate,
  noticeAggregate,
  type NoticeCommand,
  type NoticeRenderedData,
} from '@kontor/receivables-domain';
import { type Outcome, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { ifUnlocked } from '../dunning/run-lock.ts';
import { inParallel } from '../dunning/in-parallel.ts';
import { addresseeOf } from '../read-models/ledger-directory/ledger-directory.query.ts';
import { dueNotices } from '../read-models/notice-outbox/notice-outbox.query.ts';
import { CONCURRENT_LETTERS, DISPATCH_BATCH, DISPATCH_LEASE_MS, DISPATCH_WITHIN_DAYS } from '../receivables.config.ts';
import { letterOf, type Sent, UndeliverableLetter } from './letter.ts';
import type { Postage } from './postage.ts';

const MAX_TEXT = 300;
const CONFIRM_AGAIN_MS = 500;

/**
 * sends what is released and due. The outbox (a read model) says where to look, the notice's own stream what to do: an
 * attempt is begun there before anything leaves, so it is taken once, whatever the read model says meanwhile. A process that
 * is killed between a letter's leaving and its record sends it again with the next attempt: the one duplicate there can be.
 */
export async function dispatchNotices(runtime: ServiceRuntime, postage: Postage, signal: AbortSignal): Promise<void> {
  if ((await dueNotices(runtime.pool, runtime.clock.now(), 1)).length === 0) return;
  await ifUnlocked(runtime.pool, 'notice-dispatch', async () => {
    if (!(await knowsAddresses(runtime))) return;
    const due = await dueNotices(runtime.pool, runtime.clock.now(), DISPATCH_BATCH);
    await inParallel(due, CONCURRENT_LETTERS, async (noticeId) => {
      if (signal.aborted) return;
      try {
        await new Dispatch(runtime, postage, noticeId, signal).attempt();
      } catch (error) {
        // The others go on; this one is due again when its lease has ended.
        runtime.logger.error({ err: error, noticeId }, 'a notice could not be dispatched');
      }
    });
  });
}

/** While the directory is folded anew, a client with an address would look like one without. */
async function knowsAddresses(runtime: ServiceRuntime): Promise<boolean> {
  try {
    await runtime.caughtUpToHead('ledger_directory');
    return true;
  } catch (error) {
    if (error instanceof Error && ['ProjectionBehind', 'ProjectionBuilding'].includes(error.name)) return false;
    throw error;
  }
}

class Dispatch {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly postage: Postage,
    private readonly noticeId: string,
    private readonly signal: AbortSignal,
  ) {}

  async attempt(): Promise<void> {
    const { runtime, postage, noticeId } = this;
    const { state } = await runtime.runner.load(noticeAggregate, noticeId);
    const { rendered, releasedOn, dispatch } = state;
    const now = runtime.clock.now();
    if (rendered === null || releasedOn === null || dispatch === null || !dispatchIsDue(state, now)) return;
    const businessDate = runtime.entities.today(rendered.entityId);
    const { content } = rendered;
    const outdated = content === null ? 'its text was erased' : await this.outdated(rendered, releasedOn);
    if (content === null || outdated !== null) {
      await this.tell({ type: 'WithdrawNotice', reason: outdated ?? '', businessDate }, `withdraw|${dispatch.attempt}`);
      return;
    }
    const to = await addresseeOf(runtime.pool, rendered.accountId);
    const channel = postage.channelFor(to.email);
    const attempt = dispatch.attempt + 1;
    const leaseUntil = new Date(Date.parse(now) + DISPATCH_LEASE_MS).toISOString();
    const { contactId, email: address } = to;
    const begun = await this.tell(
      { type: 'BeginDispatch', attempt, channel, contactId, address, now, leaseUntil, businessDate },
      `begin|${attempt}`,
    );
    // Refused, or begun by another process: it is not ours to send.
    const ours = begun.kind === 'accepted' && begun.events.some(({ type }) => type === 'NoticeDispatchBegun');
    if (!ours) return;
    const sent = await this.send(letterOf(rendered, content, to, now), attempt, channel, businessDate);
    if (sent === null) return;
    const { messageId } = sent;
    const proof = told(sent.proof, address);
    await this.confirm({ type: 'ConfirmDispatch', attempt, messageId, proof, businessDate }, attempt);
  }

  private async send(
    letter: ReturnType<typeof letterOf>,
    attempt: number,
    channel: ReturnType<Postage['channelFor']>,
    businessDate: string,
  ): Promise<Sent | null> {
    try {
      return await this.postage.send(channel, letter);
    } catch (error) {
      const reason = told(error instanceof Error ? error.message : String(error), letter.to?.address ?? null);
      const forGood = error instanceof UndeliverableLetter;
      this.runtime.logger.warn({ noticeId: letter.noticeId, attempt, reason }, 'a notice was not dispatched');
      const now = this.runtime.clock.now();
      await this.tell({ type: 'FailDispatch', attempt, reason, forGood, now, businessDate }, `fail|${attempt}`);
      return null;
    }
  }

  /** The letter has left: what is not recorded now is sent again. So it is tried as long as the lease lasts. */
  private async confirm(command: NoticeCommand, attempt: number): Promise<void> {
    const givesUpAt = Date.now() + DISPATCH_LEASE_MS / 2;
    for (;;) {
      try {
        await this.tell(command, `confirm|${attempt}`);
        return;
      } catch (error) {
        if (this.signal.aborted || Date.now() > givesUpAt) throw error;
        await pause(CONFIRM_AGAIN_MS);
      }
    }
  }

  /** Why a released notice is not sent any more; null: it is right as it is. */
  private async outdated(
    { ledgerId, caseId, entityId }: NoticeRenderedData,
    releasedOn: string,
  ): Promise<string | null> {
    const { state } = await this.runtime.runner.load(ledgerAggregate, ledgerId);
    const newest = state.dunning.notices.findLast((notice) => notice.caseId === caseId);
    if (newest?.noticeId !== this.noticeId) return 'the case has a newer notice';
    if (state.dunning.openCase?.caseId !== caseId) return 'the case is closed';
    if (releasedOn < addDays(this.runtime.entities.today(entityId), -DISPATCH_WITHIN_DAYS))
      return `it was released on ${releasedOn} and not sent within ${DISPATCH_WITHIN_DAYS} days`;
    return null;
  }

  private tell(command: NoticeCommand, step: string): Promise<Outcome> {
    const commandId = uuidV5(this.noticeId, step);
    return this.runtime.runner.execute(noticeAggregate, this.noticeId, command, {
      commandId,
      requestHash: '',
      actor: 'process:NoticeDispatch',
      origin: 'process',
      correlationId: this.noticeId,
      occurredAt: this.runtime.clock.now(),
    });
  }
}

/** Kept for good and in the clear: without the address, and not at any length. */
function told(text: string, address: string | null): string {
  const without = address === null ? text : text.replaceAll(address, '(recipient)');
  return without.slice(0, MAX_TEXT);
}
