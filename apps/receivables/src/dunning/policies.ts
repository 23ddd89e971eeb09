import { currencyExponent, type Refusal } from '@kontor/kernel';
import {
  dunningPolicyAggregate,
  type DunningPolicyState,
  type PolicyContent,
  policyFault,
  type PolicyStoredData,
  versionWith,
} from '@kontor/receivables-domain';
import { type CommandEnvelope, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { policyIdOf } from '../receivables.streams.ts';
import { OF_A_RUN } from './run.requests.ts';

/** The levels that a firm starts with: 1, 8 and 15 days after due, fees 0, 10.00 and 40.00, the third blocks new orders. */
export function defaultPolicy(currency: string): PolicyContent {
  const major = (units: number) => units * 10 ** currencyExponent(currency);
  return {
    name: 'default',
    daysBetweenNotices: 7,
    minimumBalanceMinor: 0,
    toleranceMinor: 0,
    levels: [
      { level: 1, daysAfterDue: 1, feeMinor: 0, restriction: null },
      { level: 2, daysAfterDue: 8, feeMinor: major(10), restriction: null },
      { level: 3, daysAfterDue: 15, feeMinor: major(40), restriction: 'block-new-orders' },
    ],
    interestRates: [],
  };
}

/** At the service's start: every legal entity has a policy in its base currency, so that a run needs none. */
export async function storeDefaultPolicies(runtime: ServiceRuntime): Promise<void> {
  for (const { id, baseCurrency } of runtime.entities.all()) {
    const policyId = policyIdOf(id, baseCurrency);
    const { revision } = await runtime.runner.load(dunningPolicyAggregate, policyId);
    if (revision >= 0n) continue;
    const commandId = uuidV5(policyId, 'default');
    await runtime.runner.execute(
      dunningPolicyAggregate,
      policyId,
      { type: 'StorePolicy', policyId, entityId: id, currency: baseCurrency, ...defaultPolicy(baseCurrency) },
      {
        commandId,
        requestHash: '',
        actor: 'process:DefaultPolicy',
        origin: 'process',
        correlationId: commandId,
        occurredAt: runtime.clock.now(),
      },
    );
  }
}

export type PolicyFound =
  | { readonly kind: 'found'; readonly stored: PolicyStoredData }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The version with this content, stored when it is not there yet. */
export async function storePolicy(
  runtime: ServiceRuntime,
  entityId: string,
  currency: string,
  content: PolicyContent,
  envelope: CommandEnvelope,
): Promise<PolicyFound> {
  const policyId = policyIdOf(entityId, currency);
  const outcome = await runtime.runner.execute(
    dunningPolicyAggregate,
    policyId,
    { type: 'StorePolicy', policyId, entityId, currency, ...content },
    envelope,
  );
  if (outcome.kind === 'refused') return outcome;
  const { state } = await runtime.runner.load(dunningPolicyAggregate, policyId);
  const stored = versionWith(state, content);
  if (stored === undefined) throw new Error(`policy ${policyId} was stored and is not there`);
  return { kind: 'found', stored };
}

/** The same for a run that must change nothing: a version that is not there gets the number it would have. */
export async function trialPolicy(
  runtime: ServiceRuntime,
  entityId: string,
  currency: string,
  content: PolicyContent,
): Promise<PolicyFound> {
  const fault = policyFault(content);
  if (fault !== null) return fault;
  const policyId = policyIdOf(entityId, currency);
  const { state } = await runtime.runner.load(dunningPolicyAggregate, policyId);
  const stored = versionWith(state, content);
  if (stored !== undefined) return { kind: 'found', stored };
  return {
    kind: 'found',
    stored: { ...content, policyId, entityId, currency, version: state.versions.length + 1 },
  };
}

/** The newest version that was stored on purpose, not with a run. */
export async function policyInForce(
  runtime: ServiceRuntime,
  entityId: string,
  currency: string,
): Promise<PolicyStoredData | undefined> {
  const versions = await policiesOf(runtime, entityId, currency);
  return versions.findLast((version) => version.name !== OF_A_RUN);
}

export async function policiesOf(
  runtime: ServiceRuntime,
  entityId: string,
  currency: string,
): Promise<DunningPolicyState['versions']> {
  const { state } = await runtime.runner.load(dunningPolicyAggregate, policyIdOf(entityId, currency));
  return state.versions;
}
