import { type Principal, type Scope, scopeLabel } from '@kontor/auth';
import { invalidField, zAmountMinor, zBusinessDate, zCurrency, zUuid, zConsistencyToken } from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';
import { z } from 'zod';
import { zKnownAt } from './known-at.ts';
import { type Moment, momentOf, type RestsOn } from './moment.ts';
import { type Page, resume } from './pages.ts';
import { inSnapshot, type Reader } from './snapshot.ts';

/** The entity whose today is meant when a question names none; it exists from the start. */
const MAIN_ENTITY = 'main';

/** Query fields of every question: both time axes, and the receipt to wait for. */
export const timeFields = {
  asOf: zBusinessDate.optional().describe('Business date: facts up to it count. Default: today of the legal entity.'),
  asKnownAt: zKnownAt.optional().describe('Recorded time: facts recorded up to it count. Default: all.'),
  consistentWith: zConsistencyToken.optional(),
};

const zNone = z.literal('');

/** An id, or an empty text for those that have none. */
export const zIdOrNone = z.union([zNone, zUuid]);

/** Filters of everything that lies on ledgers. */
export const ledgerFields = {
  entityId: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the id of a legal entity, such as main')
    .optional(),
  accountId: zUuid.optional(),
  currency: zCurrency.optional(),
  ownerId: zIdOrNone.optional().describe('Owner of the account on the business date; empty: none.'),
};

export const zLevel = z.coerce.number().pipe(zAmountMinor.max(100));

export interface Asked {
  readonly asOf?: string | undefined;
  readonly asKnownAt?: string | undefined;
  readonly consistentWith?: string | undefined;
  readonly entityId?: string | undefined;
}

/** What an answer is made of: the projections to wait for, and the fact tables whose moment it names. */
export interface Needs {
  readonly projections: readonly string[];
  readonly restsOn: RestsOn;
}

export interface Context {
  readonly moment: Moment;
  readonly scope: Scope;
  readonly baseCurrency: string;
}

/** Where the sort key and the id of a list's cursor are described: they come back from outside. */
export interface ListShape {
  readonly route: string;
  readonly key: z.ZodType<string>;
  readonly id: z.ZodType<string>;
}

/** Turns a question into an answer of one moment, within what the caller may see. */
export class Asking {
  constructor(private readonly runtime: ServiceRuntime) {}

  async answer<Answer>(
    caller: Principal,
    asked: Asked,
    needs: Needs,
    make: (reader: Reader, context: Context) => Promise<Answer>,
  ): Promise<Answer> {
    const { asOf, scope } = await this.begin(caller, asked, needs);
    return this.inMoment({ asOf, asKnownAt: asked.asKnownAt, scope }, needs, make);
  }

  /** The same for a list: the first page fixes the moment, and the cursor carries it with filters and scope. */
  async page<Answer>(
    caller: Principal,
    asked: Asked & { readonly limit: number; readonly cursor?: string | undefined },
    needs: Needs,
    shape: ListShape,
    make: (reader: Reader, context: Context & { readonly page: Page }) => Promise<Answer>,
  ): Promise<Answer> {
    const { asOf, scope } = await this.begin(caller, asked, needs);
    const { cursor: _cursor, limit: _limit, consistentWith: _token, ...filters } = asked;
    const resumed = resume(asked, shape.route, filters, scopeLabel(scope), shape);
    const moment = {
      asOf: resumed.fixed?.asOf ?? asOf,
      asKnownAt: resumed.fixed?.asKnownAt ?? asked.asKnownAt,
      scope,
    };
    return this.inMoment(moment, needs, (reader, context) =>
      make(reader, { ...context, page: resumed.page(context.moment) }),
    );
  }

  private async begin(caller: Principal, asked: Asked, needs: Needs): Promise<{ asOf: string; scope: Scope }> {
    const entityId = asked.entityId ?? MAIN_ENTITY;
    if (this.runtime.entities.find(entityId) === undefined)
      throw invalidField('entityId', 'is not a legal entity of this firm');
    await this.caughtUp(needs, asked.consistentWith);
    return {
      asOf: asked.asOf ?? this.runtime.entities.today(entityId),
      scope: await this.runtime.access.scope(caller, 'insights.read'),
    };
  }

  private async caughtUp(needs: Needs, token: string | undefined): Promise<void> {
    if (token === undefined) return;
    await Promise.all(needs.projections.map((projection) => this.runtime.caughtUp(projection, token)));
  }

  private inMoment<Answer>(
    asked: { readonly asOf: string; readonly asKnownAt: string | undefined; readonly scope: Scope },
    needs: Needs,
    make: (reader: Reader, context: Context) => Promise<Answer>,
  ): Promise<Answer> {
    return inSnapshot(this.runtime.pool, async (reader) =>
      make(reader, {
        moment: await momentOf(reader, needs.restsOn, { ...asked, now: this.runtime.clock.now() }),
        scope: asked.scope,
        baseCurrency: this.runtime.entities.find(MAIN_ENTITY)?.baseCurrency ?? 'EUR',
      }),
    );
  }
}
