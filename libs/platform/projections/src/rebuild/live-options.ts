import type { ProjectionRunnerOptions } from '../runner-types.ts';
import type { AppendLatency } from './append-latency.ts';
import type { AppendsElsewhere } from './latency-board.ts';

export interface LiveProjectionOptions extends ProjectionRunnerOptions {
  /** How long appends take here: a rebuild gives way while they are slower than usual. Absent: it never does. */
  readonly latency?: AppendLatency;
  /** What other processes say of theirs; absent: this one appends alone. */
  readonly elsewhere?: AppendsElsewhere;
  /** Whose turn it is to fold, where several processes run the service; absent: this one's. */
  readonly turn?: FoldingTurn;
}

export interface FoldingTurn {
  held(): Promise<boolean>;
  release(): Promise<void>;
}
