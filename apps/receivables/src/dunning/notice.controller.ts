import { type Principal, Rule } from '@kontor/auth';
import {
  Answer,
  Caller,
  entity,
  IdParam,
  listFor,
  notFound,
  pageFields,
  Problem,
  requireAccount,
  zBusinessDate,
  zUuid,
  zWhole,
} from '@kontor/http';
import { ledgerAggregate, noticeAggregate } from '@kontor/receivables-domain';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ofLedger } from '../ledger/ledger.requests.ts';
import { noticeList } from '../read-models/lists/lists.definitions.ts';
import { decideAgain } from './decide-again.ts';

const NoticesQuery = z.strictObject({
  ...pageFields,
  ...ofLedger,
  caseId: zUuid.optional(),
  from: zBusinessDate.optional(),
  to: zBusinessDate.optional(),
  level: zWhole(1, 10).optional(),
});

@ApiTags('dunning')
@Controller('v1/dunning/notices')
export class NoticeController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get()
  @Rule('dunning.read')
  @ApiOperation({ summary: 'Dunning notices with what they list, by account and case' })
  list(@Query({ schema: NoticesQuery }) query: z.infer<typeof NoticesQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, noticeList, query);
  }

  @Get(':id')
  @Rule('dunning.read')
  @ApiOperation({ summary: 'A notice: items, fee, interest, policy version, and the revision it was decided on' })
  async get(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { document, record, revision, releasedOn, dispatch } = await this.find(id, caller);
    const { currency } = document;
    const money = (amountMinor: number) => ({ amountMinor, currency });
    return entity(revision, {
      id,
      caseId: document.caseId,
      ledgerId: document.ledgerId,
      accountId: document.accountId,
      entityId: document.entityId,
      currency,
      date: record.date,
      level: record.level,
      items: record.items.map(({ netMinor, ...item }) => ({ ...item, net: money(netMinor) })),
      net: money(record.netMinor),
      fee: money(record.feeMinor),
      interest: money(record.interestMinor),
      policyId: record.policyId,
      policyVersion: record.policyVersion,
      ledgerRevision: record.ledgerRevision,
      contactId: document.contactId,
      contentHash: document.contentHash,
      mediaType: document.mediaType,
      templateVersion: document.templateVersion,
      releasedOn,
      dispatch:
        dispatch === null
          ? null
          : {
              status: dispatch.status,
              channel: dispatch.channel,
              attempts: dispatch.attempt,
              nextAttemptAt: dispatch.status === 'waiting' ? dispatch.dueAt : null,
              contactId: dispatch.contactId,
              dispatchedOn: dispatch.dispatchedOn,
              messageId: dispatch.messageId,
              proof: dispatch.proof,
              reason: dispatch.reason,
            },
    });
  }

  /** The very text that was kept; 410 once its recipient's data were erased. The hash stays. */
  @Get(':id/content')
  @Rule('dunning.read')
  @ApiOperation({ summary: 'The rendered notice as it was kept; its hash is in x-content-hash' })
  async content(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { document } = await this.find(id, caller);
    if (document.content === null)
      throw new Problem(410, 'ContentErased', 'The text was erased with the data of its recipient.', {
        facts: { contentHash: document.contentHash },
      });
    return new Answer(document.content, 200, {
      'content-type': document.mediaType,
      'x-content-hash': document.contentHash,
    });
  }

  /** folds the ledger to the revision it was decided on, decides again with the pinned policy, and compares. */
  @Get(':id/decide-again')
  @Rule('dunning.read')
  @ApiOperation({ summary: 'Fold the ledger to the recorded revision, decide again, and compare' })
  async again(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { document, record } = await this.find(id, caller);
    return decideAgain(this.runtime, document.ledgerId, record);
  }

  private async find(id: string, caller: Principal) {
    const { state, revision } = await this.runtime.runner.load(noticeAggregate, id);
    const document = state.rendered;
    if (document === null) throw notFound('notice', id);
    const rights = { principal: caller };
    await requireAccount(this.runtime.access, rights, 'dunning.read', 'dunning.read', document.accountId);
    const { state: ledger } = await this.runtime.runner.load(ledgerAggregate, document.ledgerId);
    const record = ledger.dunning.notices.find((notice) => notice.noticeId === id);
    if (record === undefined) throw notFound('notice', id);
    return { document, record, revision, releasedOn: state.releasedOn, dispatch: state.dispatch };
  }
}
