import { type Principal, Rule } from '@kontor/auth';
import { Caller, listFor } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { accountListing } from '../read-models/account-directory/account-directory.query.ts';
import { Duplicates } from '../read-models/account-directory/duplicates.query.ts';
import { DuplicatesQuery, ListAccountsQuery } from './account.requests.ts';

@ApiTags('accounts')
@Controller('v1/accounts')
export class AccountListController {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly alike: Duplicates,
  ) {}

  @Get()
  @Rule('accounts.read')
  @ApiOperation({ summary: 'Accounts by number, name, owner, kind or external id, ordered by number' })
  list(@Query({ schema: ListAccountsQuery }) query: z.infer<typeof ListAccountsQuery>, @Caller() principal: Principal) {
    return listFor(this.runtime, principal, accountListing, query);
  }

  @Get('duplicates')
  @Rule('accounts.read')
  @ApiOperation({ summary: 'Accounts with the same tax id or, but for spelling and legal form, the same name' })
  async duplicates(
    @Query({ schema: DuplicatesQuery }) query: z.infer<typeof DuplicatesQuery>,
    @Caller() principal: Principal,
  ) {
    await this.runtime.caughtUp(accountListing.projection, query.consistentWith);
    const scope = await this.runtime.access.scope(principal, 'accounts.read');
    const of = { name: query.name ?? null, taxId: query.taxId ?? null, exceptId: null };
    return { duplicates: await this.alike.of(of, scope) };
  }
}
