import type { DomainCommand } from '@kontor/kernel';
import { KONTOR_NAMESPACE, type ServiceRuntime, uuidV5 } from '@kontor/service';
import {
  type RegisterUnit,
  type RegisteredUnit,
  type Term,
  termInForce,
  unitAggregate,
  unitKey,
  warrantyTermAggregate,
} from '@kontor/warranty-domain';
import { notFound } from '@kontor/http';

/** Stream id of a unit from its business key; the same key always finds the same unit. */
export function unitIdOf(key: string): string {
  return uuidV5(KONTOR_NAMESPACE, key);
}

/** A unit is its product and serial number; without one it is new with every command that registers it. */
export function unitIdFor(productId: string, serial: string | null, newId: string): string {
  return serial === null ? newId : unitIdOf(unitKey(productId, serial));
}

/** The term for a delivery of a product on a date: its version in force, or else what it was sold with. */
export async function termFor(
  runtime: ServiceRuntime,
  productId: string,
  deliveredOn: string,
  sold: Term | null,
): Promise<Term | null> {
  const { state } = await runtime.runner.load(warrantyTermAggregate, productId);
  const inForce = termInForce(state, deliveredOn);
  return inForce === undefined ? sold : inForce;
}

/** What UnitRegistration cannot see: the product's own term takes the place of the one that was sold. */
export async function gatherTerm(command: DomainCommand, runtime: ServiceRuntime): Promise<DomainCommand> {
  if (command.type !== 'RegisterUnit') return command;
  const register = command as RegisterUnit;
  const { productId, deliveredOn } = register;
  const gathered: RegisterUnit = {
    ...register,
    term: await termFor(runtime, productId, deliveredOn, register.term),
  };
  return gathered;
}

export interface LoadedUnit {
  readonly unit: RegisteredUnit;
  readonly revision: bigint;
}

export async function loadUnit(runtime: ServiceRuntime, id: string): Promise<LoadedUnit> {
  const { state, revision } = await runtime.runner.load(unitAggregate, id);
  if (state.status === 'unknown') throw notFound('unit', id);
  return { unit: state, revision };
}
