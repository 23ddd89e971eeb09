import { createHash } from 'node:crypto';
import {
  NOTICE_MEDIA_TYPE,
  NOTICE_TEMPLATE,
  noticeAggregate,
  type NoticeRecord,
  noticeText,
} from '@kontor/receivables-domain';
import { SubjectErased } from '@kontor/event-store';
import { type CommandEnvelope, type Outcome, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { addresseeOf } from '../read-models/ledger-directory/ledger-directory.query.ts';
import type { RunLedger } from './dunning-ledgers.ts';

/** renders a notice and keeps it with its hash, once. The dunning contact is the one of now, and is recorded. */
export async function renderNotice(
  runtime: ServiceRuntime,
  ledger: RunLedger,
  notice: NoticeRecord,
  envelope: (commandId: string) => CommandEnvelope,
): Promise<void> {
  const { identity } = ledger.state;
  if (identity === null) return;
  const { accountId, entityId, currency } = identity;
  const to = await addresseeOf(runtime.pool, accountId);
  const content = noticeText({
    firmName: runtime.entities.find(entityId)?.name ?? entityId,
    accountNumber: to.accountNumber,
    accountName: to.accountName,
    contactName: to.contactName,
    date: notice.date,
    level: notice.level,
    currency,
    items: notice.items,
    netMinor: notice.netMinor,
    feeMinor: notice.feeMinor,
    interestMinor: notice.interestMinor,
  });
  const render = (subjectId: string) =>
    runtime.runner.execute(
      noticeAggregate,
      notice.noticeId,
      {
        type: 'RenderNotice',
        noticeId: notice.noticeId,
        ledgerId: ledger.ledgerId,
        caseId: notice.caseId,
        accountId,
        entityId,
        currency,
        level: notice.level,
        contactId: to.contactId,
        subjectId,
        content,
        contentHash: createHash('sha256').update(content, 'utf8').digest('hex'),
        mediaType: NOTICE_MEDIA_TYPE,
        templateVersion: NOTICE_TEMPLATE,
        businessDate: notice.date,
      },
      envelope(uuidV5(notice.noticeId, 'render')),
    );
  const outcome = await forTheLiving([to.contactId ?? accountId, accountId, notice.noticeId], render);
  if (outcome.kind === 'refused') throw new Error(`notice ${notice.noticeId}: ${outcome.refusal.code}`);
}

/** A debt outlives an erasure: the letter is sealed with the key of the first of these that may still have one. */
async function forTheLiving(
  subjects: readonly [string, ...string[]],
  render: (subjectId: string) => Promise<Outcome>,
): Promise<Outcome> {
  const [subject, next, ...others] = subjects;
  try {
    return await render(subject);
  } catch (error) {
    if (!(error instanceof SubjectErased) || next === undefined) throw error;
    return forTheLiving([next, ...others], render);
  }
}

/** Releases a kept notice for sending: of each case only the newest ever is. */
export async function releaseNotice(
  runtime: ServiceRuntime,
  noticeId: string,
  entityId: string,
  envelope: (commandId: string) => CommandEnvelope,
): Promise<void> {
  const { state } = await runtime.runner.load(noticeAggregate, noticeId);
  await runtime.runner.execute(
    noticeAggregate,
    noticeId,
    { type: 'ReleaseNotice', businessDate: runtime.entities.today(entityId) },
    // What has failed for good may be released again: by another command than before.
    envelope(uuidV5(noticeId, `release|${state.dispatch?.attempt ?? 0}`)),
  );
}
