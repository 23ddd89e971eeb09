import type { Principal, Scope } from '@kontor/auth';
import {
  type FixedMoment,
  invalidField,
  type ListAsked,
  type ListShape,
  type Page,
  resume,
  zBusinessDate,
  zConsistencyToken,
  zCurrency,
  zKnownAt,
  zUuid,
  zWhole,
} from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';
import { z } from 'zod';
import { type Moment, momentOf, type RestsOn } from './moment.ts';
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

export const zLevel = zWhole(0, 100);

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

/** Turns a question into an answer of one moment, within what the caller may see. */
export class Asking {
  constructor(private readonly runtime: ServiceRuntime) {}

  async answer<Answer>(
    caller: Principal,
    asked: Asked,
    needs: Needs,
    make: (reader: Reader, context: Context) => Promise<Answer>,
  ): Promise<Answer> {
    const scope = await this.begin(caller, asked, needs);
    return this.inMoment(asked, asked, scope, needs, make);
  }

  /** The same for a list: the first page fixes the moment, and the cursor carries it with filters and scope. */
  async page<Answer>(
    caller: Principal,
    asked: Asked & ListAsked,
    needs: Needs,
    shape: ListShape,
    make: (reader: Reader, context: Context & { readonly page: Page }) => Promise<Answer>,
  ): Promise<Answer> {
    const scope = await this.begin(caller, asked, needs);
    const resumed = resume(shape, asked, scope);
    return this.inMoment(asked, resumed.fixed, scope, needs, (reader, context) => {
      const { asOf, asKnownAt } = context.moment;
      return make(reader, { ...context, page: resumed.page({ asOf, asKnownAt }) });
    });
  }

  private async begin(caller: Principal, asked: Asked, needs: Needs): Promise<Scope> {
    if (this.runtime.entities.find(asked.entityId ?? MAIN_ENTITY) === undefined)
      throw invalidField('entityId', 'is not a legal entity of this firm');
    await this.caughtUp(needs, asked.consistentWith);
    // What was recorded by then, and is not folded yet, would come into the same answer later.
    if (asked.asKnownAt !== undefined)
      await Promise.all(needs.projections.map((projection) => this.runtime.caughtUpToHead(projection)));
    return this.runtime.access.scope(caller, 'insights.read');
  }

  private async caughtUp(needs: Needs, token: string | undefined): Promise<void> {
    if (token === undefined) return;
    await Promise.all(needs.projections.map((projection) => this.runtime.caughtUp(projection, token)));
  }

  private inMoment<Answer>(
    asked: Asked,
    fixed: FixedMoment,
    scope: Scope,
    needs: Needs,
    make: (reader: Reader, context: Context) => Promise<Answer>,
  ): Promise<Answer> {
    const asOf = fixed.asOf ?? this.runtime.entities.today(asked.entityId ?? MAIN_ENTITY);
    return inSnapshot(this.runtime.pool, async (reader) =>
      make(reader, {
        moment: await momentOf(reader, needs.restsOn, {
          asOf,
          asKnownAt: fixed.asKnownAt,
          now: this.runtime.clock.now(),
        }),
        scope,
        baseCurrency: this.runtime.entities.find(MAIN_ENTITY)?.baseCurrency ?? 'EUR',
      }),
    );
  }
}
