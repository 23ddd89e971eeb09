import { zAmountMinor, zBusinessDate, zCurrency, zEntityId, zMoney, zText } from '@kontor/http';
import type { PolicyContent, Restriction } from '@kontor/receivables-domain';
import { z } from 'zod';

const zRestriction = z.enum(['block-new-orders', 'prepayment-only']);
const MAX_DAYS = 3_650;
const zDays = z.number().int().min(0, 'must not be negative').max(MAX_DAYS, `must be at most ${MAX_DAYS}`);
/** A yearly rate above 100 % is a typing error. */
const zYearlyRate = z.number().int('must be an integer in 1/100 000').min(0).max(100_000);

/** From this level on the default policy restricts, and so does a level that says nothing about it. */
const RESTRICTING_LEVEL = 3;
const DEFAULT_RESTRICTION: Restriction = 'block-new-orders';

const PolicyBody = z
  .strictObject({
    currency: zCurrency,
    name: zText(100).optional(),
    daysBetweenNotices: zDays,
    minimumBalance: zMoney.optional(),
    tolerance: zMoney.optional(),
    levels: z
      .array(
        z.strictObject({
          daysAfterDue: zDays.min(1, 'must be at least 1'),
          fee: zMoney,
          restriction: zRestriction.nullable().optional(),
        }),
      )
      .min(1, 'must have at least one level')
      .max(10, 'must have at most 10 levels'),
    interestRates: z
      .array(z.strictObject({ from: zBusinessDate, rate: zYearlyRate }))
      .max(200)
      .optional(),
  })
  .superRefine((policy, context) => {
    const check = (money: { currency: string } | undefined, path: (string | number)[]) => {
      if (money !== undefined && money.currency !== policy.currency)
        context.addIssue({ code: 'custom', path, message: `must be in ${policy.currency}` });
    };
    check(policy.minimumBalance, ['minimumBalance', 'currency']);
    check(policy.tolerance, ['tolerance', 'currency']);
    for (const [index, level] of policy.levels.entries()) check(level.fee, ['levels', index, 'fee', 'currency']);
  })
  .meta({
    id: 'DunningPolicyRequest',
    description: 'Levels ascend; a level without `restriction` gets that of the default.',
  });
export type PolicyRequest = z.infer<typeof PolicyBody>;

export const StorePolicyBody = z
  .strictObject({ entityId: zEntityId, policy: PolicyBody })
  .meta({ id: 'StoreDunningPolicyRequest' });

export const RunBody = z
  .strictObject({
    entityId: zEntityId,
    from: zBusinessDate,
    to: zBusinessDate,
    dryRun: z.boolean().default(false),
    dispatch: z.boolean().default(false),
    policy: PolicyBody.optional(),
  })
  .refine((run) => run.from <= run.to, { path: ['to'], message: 'must not be before from' })
  .meta({ id: 'DunningRunRequest' });
export type RunRequest = z.infer<typeof RunBody>;

const zCount = z.number().int();
export const RunAnswer = z
  .object({
    runId: z.string(),
    from: z.string(),
    to: z.string(),
    notices: zCount,
    byLevel: z.record(z.string(), zCount),
    accounts: zCount,
    itemLines: zCount,
    fees: z.array(z.object({ amountMinor: zAmountMinor, currency: z.string() })),
    decidedDates: zCount,
    alreadyDecided: zCount,
  })
  .meta({ id: 'DunningRun' });

export function policyContentOf(policy: PolicyRequest): PolicyContent {
  return {
    name: policy.name ?? OF_A_RUN,
    daysBetweenNotices: policy.daysBetweenNotices,
    minimumBalanceMinor: policy.minimumBalance?.amountMinor ?? 0,
    toleranceMinor: policy.tolerance?.amountMinor ?? 0,
    levels: policy.levels.map(({ daysAfterDue, fee, restriction }, index) => ({
      level: index + 1,
      daysAfterDue,
      feeMinor: fee.amountMinor,
      restriction: restriction === undefined ? defaultRestriction(index + 1) : restriction,
    })),
    interestRates: policy.interestRates ?? [],
  };
}

/** A policy that came with a run is for that run: the schedule and runs without a policy use what was stored on purpose. */
export const OF_A_RUN = 'of a run';

function defaultRestriction(level: number): Restriction | null {
  return level >= RESTRICTING_LEVEL ? DEFAULT_RESTRICTION : null;
}
