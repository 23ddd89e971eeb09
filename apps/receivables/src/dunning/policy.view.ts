import type { PolicyStoredData } from '@kontor/receivables-domain';

export function policyView(policy: PolicyStoredData) {
  const { policyId, version, entityId, currency, name, daysBetweenNotices, interestRates } = policy;
  const money = (amountMinor: number) => ({ amountMinor, currency });
  return {
    policyId,
    version,
    entityId,
    currency,
    name,
    daysBetweenNotices,
    minimumBalance: money(policy.minimumBalanceMinor),
    tolerance: money(policy.toleranceMinor),
    levels: policy.levels.map(({ level, daysAfterDue, feeMinor, restriction }) => ({
      level,
      daysAfterDue,
      fee: money(feeMinor),
      restriction,
    })),
    interestRates,
  };
}
