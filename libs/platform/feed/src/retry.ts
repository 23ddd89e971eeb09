import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseOutage } from '@kontor/event-store';
import { RETRY_FIRST_DELAY_MS, RETRY_MAX_DELAY_MS } from './feed.config.ts';

/**
 * Waits before the attempt after the n-th failure in a row (n from 1): exponential with a maximum, and shortened at random
 * so that many consumers of one database do not come back in step. Returns early when aborted.
 */
export async function backOff(failures: number, signal: AbortSignal): Promise<void> {
  const full = Math.min(RETRY_MAX_DELAY_MS, RETRY_FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 16));
  await pause(full * (0.5 + Math.random() / 2), signal);
}

/** A wait that an abort ends without an error. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** SQLSTATE of an error of PostgreSQL, undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * True when the data are at fault, so that the same row fails again whenever it is tried: data exceptions (22), integrity
 * violations (23) and values beyond a limit of the server (54).
 */
export function isDataFault(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && (state.startsWith('22') || state.startsWith('23') || state.startsWith('54'));
}

const INFRASTRUCTURE_ERRORS: ReadonlySet<string> = new Set([
  ...['StoreUnavailable', 'StoreTimeout', 'FeedUnavailable'],
  // A read model that is not there yet after an upgrade.
  'ProjectionBuilding',
  // Of the command runner: sent again with the same id, it finds out.
  'OutcomeUnknown',
]);
// Connection, rollback (deadlock, serialization), resources, operator intervention, system errors; prerequisite state.
const INFRASTRUCTURE_STATES = /^(08|40|53|55|57|58)/;

/** True when database, store or network is at fault: waiting helps, and whoever asked is not to blame. */
export function isInfrastructureFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (isDatabaseOutage(error)) return true;
  const state = sqlState(error);
  if (state !== undefined && INFRASTRUCTURE_STATES.test(state)) return true;
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (typeof name === 'string' && INFRASTRUCTURE_ERRORS.has(name)) return true;
  if (typeof code === 'string' && /^E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_AGAIN)/.test(code)) return true;
  // What `pg` says of a connection that went away or a pool that is exhausted carries no code.
  return (
    typeof message === 'string' && /^(Connection terminated|timeout exceeded|Client has encountered)/i.test(message)
  );
}

/** Errors that cross from another realm (a test's, a worker's) are no instances of Error here; their message counts. */
export function errorText(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
