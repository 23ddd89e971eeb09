import { behind, type Checkpoint, type FeedHead, lowestPosition } from '@kontor/feed';
import type { ProcessServiceStatus, RunState } from './runner-types.ts';

/** What this process knows of one service's feed. */
export interface ServiceRun {
  state: RunState;
  error: string | null;
  position: bigint | undefined;
  caughtUpAt: number | undefined;
}

export function stopped(): ServiceRun {
  return { state: 'stopped', error: null, position: undefined, caughtUpAt: undefined };
}

export function statusOfService(
  service: string,
  run: ServiceRun,
  stored: Checkpoint,
  head: FeedHead | null,
): ProcessServiceStatus {
  const storedAt = lowestPosition(stored);
  const position =
    run.state === 'running' && run.position !== undefined && run.position > storedAt ? run.position : storedAt;
  // Behind since it was last seen at the head, or since what it handled last, whichever is later.
  const since = Math.max(run.caughtUpAt ?? 0, Date.parse(stored.recordedAt ?? '') || 0);
  return {
    service,
    state: run.state,
    error: run.error,
    position,
    ...behind(position, head, since),
  };
}
