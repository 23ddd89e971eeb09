import { type Principal, Rule, scopeLabel } from '@kontor/auth';
import { Caller, pageOf, questionOf } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { placeOf } from '../lists.ts';
import { newestOf } from '../read-models/moment.ts';
import { DIRECTORY_TABLES, listAccounts } from '../read-models/account-directory/account-directory.query.ts';
import { Duplicates } from '../read-models/account-directory/duplicates.query.ts';
import { DuplicatesQuery, ListAccountsQuery } from './account.requests.ts';

const DIRECTORY = 'account-directory';

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
  async list(
    @Query({ schema: ListAccountsQuery }) query: z.infer<typeof ListAccountsQuery>,
    @Caller() principal: Principal,
  ) {
    const { pool, clock } = this.runtime;
    const { limit, cursor, consistentWith, ...filters } = query;
    const scope = await this.runtime.access.scope(principal, 'accounts.read');
    const question = questionOf(DIRECTORY, filters, scopeLabel(scope));
    const after = placeOf(cursor, question, z.string().max(40));
    await this.runtime.caughtUp(DIRECTORY, consistentWith);
    const asKnownAt = after?.asKnownAt ?? (await newestOf(pool, DIRECTORY_TABLES, clock.now()));
    const rows = await listAccounts(pool, filters, scope, { asKnownAt, after, limit });
    return pageOf(rows, limit, { asKnownAt, question }, ({ number, id }) => ({ key: number, id }));
  }

  @Get('duplicates')
  @Rule('accounts.read')
  @ApiOperation({ summary: 'Accounts with the same tax id or, but for spelling and legal form, the same name' })
  async duplicates(
    @Query({ schema: DuplicatesQuery }) query: z.infer<typeof DuplicatesQuery>,
    @Caller() principal: Principal,
  ) {
    await this.runtime.caughtUp(DIRECTORY, query.consistentWith);
    const scope = await this.runtime.access.scope(principal, 'accounts.read');
    const of = { name: query.name ?? null, taxId: query.taxId ?? null, exceptId: null };
    return { duplicates: await this.alike.of(of, scope) };
  }
}
