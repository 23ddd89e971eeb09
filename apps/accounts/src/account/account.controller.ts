import { Rule } from '@kontor/auth';
import { accountAggregate, type AccountCommand, type RegisteredAccount } from '@kontor/accounts-domain';
import { changed, created, entity, Envelope, HttpEnvelope, notFound, problemOf, zUuid } from '@kontor/http';
import { decide } from '@kontor/kernel';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, HttpCode, Param, Post, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { accountsProblems } from '../accounts.problems.ts';
import { Duplicates } from '../read-models/account-directory/duplicates.query.ts';
import { requireOwned } from '../rights.ts';
import { AccountNumbers } from './account-numbers.ts';
import { accountAnswer } from './account.answers.ts';
import { accountsAbove, dated, isStaff } from './account.facts.ts';
import {
  AddContactRequest,
  AssignAccountOwnerRequest,
  ChangeAccountRequest,
  ChangeContactRequest,
  RegisterAccountRequest,
  SetTermsRequest,
} from './account.requests.ts';
import { Caller } from '@kontor/http';
import type { Principal } from '@kontor/auth';

const RIGHTS = { write: 'accounts.write', read: 'accounts.read' } as const;

@ApiTags('accounts')
@Controller('v1/accounts')
export class AccountController {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly numbers: AccountNumbers,
    private readonly duplicates: Duplicates,
  ) {}

  @Post()
  @Rule('accounts.write')
  @ApiOperation({ summary: 'Register an account; the answer hints at accounts that may be the same' })
  async register(
    @Body({ schema: RegisterAccountRequest }) body: z.infer<typeof RegisterAccountRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { runtime } = this;
    const { number: given, kind, legalForm, ownerId: named, businessDate, ...rest } = body;
    const accountId = envelope.newId();
    const ownerId = named === undefined ? envelope.principal.staffId : named;
    const scope = await runtime.access.scope(envelope.principal, RIGHTS.read);
    const about = { name: body.name, taxId: body.taxId, exceptId: accountId };
    const [number, ownerIsStaff, parentAncestors, duplicates] = await Promise.all([
      given ?? this.numbers.fromRange(),
      isStaff(runtime, ownerId),
      accountsAbove(runtime, rest.parentId),
      this.duplicates.of(about, scope),
    ]);
    const command: AccountCommand = {
      type: 'RegisterAccount',
      accountId,
      number,
      legalForm,
      particulars: { ...rest, kind, countryText: null },
      parentAncestors,
      ownerId,
      ownerIsStaff,
      externalId: null,
      source: null,
      ...dated(runtime, businessDate),
    };
    // What will be refused claims no number: mended and sent again, the registration would find it taken by itself.
    if (given !== undefined && decide(accountAggregate.decider, command, undefined).kind === 'accepted') {
      const claim = await this.numbers.claim(given, accountId, envelope.step('claim'));
      if (claim.kind === 'refused') throw problemOf(claim.refusal, accountsProblems);
    }
    const outcome = await runtime.runner.begin(accountAggregate, accountId, command, envelope);
    const repeated = outcome.kind === 'accepted' && outcome.repeated;
    return created(outcome, accountsProblems, `/v1/accounts/${accountId}`, {
      number: repeated ? (await this.registered(accountId)).number : number,
      duplicates,
    });
  }

  @Get(':id')
  @Rule('accounts.read')
  @ApiOperation({ summary: 'An account as it is now, with its terms and contacts' })
  async byId(@Param('id', { schema: zUuid }) id: string, @Caller() principal: Principal) {
    const { state, revision } = await this.runtime.runner.load(accountAggregate, id);
    if (state === undefined) throw notFound('account', id);
    await requireOwned(
      this.runtime,
      { principal },
      { write: RIGHTS.read, read: RIGHTS.read },
      'account',
      id,
      state.ownerId,
    );
    return entity(revision, accountAnswer(state));
  }

  @Post(':id/changes')
  @HttpCode(200)
  @Rule('accounts.write')
  @ApiOperation({ summary: 'Change master data' })
  async change(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: ChangeAccountRequest }) body: z.infer<typeof ChangeAccountRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { businessDate, reason, ...named } = body;
    const changes = defined(named);
    const parentAncestors = await accountsAbove(this.runtime, body.parentId ?? null);
    // Whoever corrects the country says which it is; what a source had written beside it is then answered.
    const country = changes.country === undefined ? {} : { countryText: null };
    return this.run(id, envelope, reason, {
      type: 'ChangeAccount',
      changes: { ...changes, ...country },
      parentAncestors,
      ...dated(this.runtime, businessDate),
    });
  }

  @Post(':id/owner')
  @HttpCode(200)
  @Rule('accounts.write')
  @ApiOperation({ summary: 'Hand the relationship over to another staff member' })
  async assignOwner(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: AssignAccountOwnerRequest }) body: z.infer<typeof AssignAccountOwnerRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.run(id, envelope, body.reason, {
      type: 'AssignAccountOwner',
      ownerId: body.ownerId,
      ownerIsStaff: await isStaff(this.runtime, body.ownerId),
      ...dated(this.runtime, body.businessDate),
    });
  }

  @Post(':id/terms')
  @HttpCode(200)
  @Rule('accounts.write')
  @ApiOperation({ summary: 'Set the terms with a legal entity, valid from a date' })
  async setTerms(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: SetTermsRequest }) body: z.infer<typeof SetTermsRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    if (this.runtime.entities.find(body.entityId) === undefined) throw unknownEntity(body.entityId);
    const validFrom = body.validFrom ?? this.runtime.entities.today(body.entityId);
    return this.run(id, envelope, undefined, { type: 'SetTerms', ...body, validFrom });
  }

  @Post(':id/contacts')
  @Rule('accounts.write')
  @ApiOperation({ summary: 'Add a contact with their roles' })
  async addContact(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: AddContactRequest }) body: z.infer<typeof AddContactRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { businessDate, ...card } = body;
    const contactId = envelope.newId('contact');
    await this.requireMine(id, envelope);
    const outcome = await this.runtime.runner.execute(
      accountAggregate,
      id,
      { type: 'AddContact', contact: { contactId, ...card }, ...dated(this.runtime, businessDate) },
      envelope,
    );
    return created(outcome, accountsProblems, `/v1/accounts/${id}/contacts/${contactId}`, {});
  }

  @Post(':id/contacts/:contactId')
  @HttpCode(200)
  @Rule('accounts.write')
  @ApiOperation({ summary: 'Change a contact' })
  async changeContact(
    @Param('id', { schema: zUuid }) id: string,
    @Param('contactId', { schema: zUuid }) contactId: string,
    @Body({ schema: ChangeContactRequest }) body: z.infer<typeof ChangeContactRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { businessDate, reason, ...changes } = body;
    return this.run(id, envelope, reason, {
      type: 'ChangeContact',
      contactId,
      changes: defined(changes),
      ...dated(this.runtime, businessDate),
    });
  }

  private async run(id: string, envelope: HttpEnvelope, reason: string | undefined, command: AccountCommand) {
    await this.requireMine(id, envelope);
    const outcome = await this.runtime.runner.execute(accountAggregate, id, command, {
      ...envelope,
      ...(reason !== undefined && { reason }),
    });
    return changed(outcome, accountsProblems);
  }

  private async requireMine(id: string, envelope: HttpEnvelope): Promise<void> {
    const { ownerId } = await this.registered(id);
    await requireOwned(this.runtime, envelope, RIGHTS, 'account', id, ownerId);
  }

  private async registered(id: string): Promise<RegisteredAccount> {
    const { state } = await this.runtime.runner.load(accountAggregate, id);
    if (state === undefined) throw notFound('account', id);
    return state;
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Fields that were named; a field that was not is no change to nothing. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function unknownEntity(entityId: string) {
  return problemOf(
    { code: 'EntityUnknown', sentence: `${entityId} is not a legal entity of this firm.`, facts: { entityId } },
    { EntityUnknown: 422 },
  );
}
