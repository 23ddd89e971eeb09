import { behind, type Checkpoint, type FeedHead, lowestPosition } from '@kontor/feed';
import type { RunState, ServiceStatus } from './runner-types.ts';

/** What this process knows of one service's fold. */
export interface ServiceRun {
  state: RunState;
  error: string | null;
  /** Folded in this process so far; undefined before the first checkpoint was read. */
  position: bigint | undefined;
  recordedAt: string | null;
  caughtUpAt: number | undefined;
}

export const notRunYet = (): ServiceRun => ({
  state: 'stopped',
  error: null,
  position: undefined,
  recordedAt: null,
  caughtUpAt: undefined,
});

/** What is outside the process: the checkpoint rows, the log, and whether somebody here folds at the moment. */
interface Surroundings {
  readonly stored: Checkpoint;
  readonly head: FeedHead | null;
  readonly folding: boolean;
  readonly parkedStreams: number;
}

export function statusOf(service: string, run: ServiceRun, around: Surroundings): ServiceStatus {
  const { stored, head, folding, parkedStreams } = around;
  const storedAt = lowestPosition(stored);
  const position = folding && run.position !== undefined && run.position > storedAt ? run.position : storedAt;
  // Behind since it was last seen at the head, or since what it folded last, whichever is later.
  const since = Math.max(run.caughtUpAt ?? 0, Date.parse(run.recordedAt ?? stored.recordedAt ?? '') || 0);
  return {
    service,
    state: run.state,
    error: run.error,
    position,
    ...behind(position, head, since),
    parkedStreams,
  };
}
