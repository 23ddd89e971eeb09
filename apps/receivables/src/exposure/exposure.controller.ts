import { accessProjectionName, type Principal, Rule } from '@kontor/auth';
import { Caller, requireAccount, requireKnownAccount, zConsistencyToken, zUuid } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { creditStanding } from '../read-models/credit-standing/credit-standing.projection.ts';
import { ledgerDirectory } from '../read-models/ledger-directory/ledger-directory.projection.ts';
import { groupExposure, type MemberExposure } from './exposure.query.ts';

const ExposureQuery = z.strictObject({ accountId: zUuid, consistentWith: zConsistencyToken.optional() });

@ApiTags('ledgers')
@Controller('v1/exposures')
export class ExposureController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get()
  @Rule('receivables.read')
  @ApiOperation({
    summary: 'Exposure of an account by its parts, with its branches, and of the whole group it belongs to',
    description:
      'Per legal entity and currency. The group is everything under the uppermost account above this one. Sums are those of the ' +
      'ledgers that are shown; `unseen` counts others, of clients that are not yours.',
  })
  async exposure(@Query({ schema: ExposureQuery }) query: z.infer<typeof ExposureQuery>, @Caller() caller: Principal) {
    const { runtime } = this;
    const { accountId, consistentWith } = query;
    const rights = { principal: caller };
    await requireAccount(runtime.access, rights, 'receivables.read', 'receivables.read', accountId);
    await requireKnownAccount(runtime, accountId);
    for (const name of [creditStanding.name, ledgerDirectory.name, accessProjectionName(runtime.name)])
      await runtime.caughtUp(name, consistentWith);
    const scope = await runtime.access.scope(caller, 'receivables.read');
    const { topAccountId, members, unseen } = await groupExposure(runtime.pool, accountId, scope);
    const groups = Map.groupBy(members, ({ entityId, currency }) => `${entityId} ${currency}`);
    return { accountId, topAccountId, unseen, items: [...groups.values()].map((group) => groupView(accountId, group)) };
  }
}

function groupView(accountId: string, group: readonly MemberExposure[]) {
  const entityId = group[0]?.entityId ?? '';
  const currency = group[0]?.currency ?? '';
  const money = (amountMinor: number) => ({ amountMinor, currency });
  const sum = (of: readonly MemberExposure[]) => money(of.reduce((total, { totalMinor }) => total + totalMinor, 0));
  return {
    entityId,
    currency,
    own: sum(group.filter((member) => member.accountId === accountId)),
    withBranches: sum(group.filter(({ below }) => below)),
    group: sum(group),
    ledgers: group.map((member) => ({
      ledgerId: member.ledgerId,
      accountId: member.accountId,
      accountNumber: member.accountNumber,
      accountName: member.accountName,
      parentId: member.parentId,
      limit: member.limitMinor === null ? null : money(member.limitMinor),
      exposure: {
        total: money(member.totalMinor),
        openPrincipal: money(member.parts.principal),
        openCharges: money(member.parts.charges),
        reserved: money(member.parts.reservations),
        unbilledDeliveries: money(member.parts.unbilledDeliveries),
        unallocatedCredit: money(member.parts.unallocatedCredit),
      },
    })),
  };
}
