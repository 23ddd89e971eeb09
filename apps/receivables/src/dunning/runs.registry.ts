import { asProblem, type ProblemDocument } from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';
import { MAX_REMEMBERED_RUNS } from '../receivables.config.ts';
import type { RunProgress, RunResult } from './run-order.ts';

export interface RunStatus {
  readonly runId: string;
  readonly from: string;
  readonly to: string;
  readonly status: 'running' | 'finished' | 'failed';
  readonly dates: number;
  readonly decided: number;
  readonly result: RunResult | null;
  readonly problem: ProblemDocument | null;
}

interface RunFacts {
  readonly runId: string;
  readonly from: string;
  readonly to: string;
  readonly dates: number;
}

interface Entry extends RunFacts {
  readonly progress: RunProgress;
  readonly ends: Promise<RunResult>;
  result: RunResult | null;
  problem: ProblemDocument | null;
}

/**
 * Runs of this process, for those who watch and those who ask for the same. It may forget: runs are recorded
 * (`recorded-runs.ts`), and the same request again answers with the same totals.
 */
export class RunsRegistry {
  private readonly runs = new Map<string, Entry>();

  /** Starts a run, or joins it while it goes on. */
  join(facts: RunFacts, work: (progress: RunProgress) => Promise<RunResult>): Promise<RunResult> {
    const known = this.runs.get(facts.runId);
    if (known !== undefined && known.result === null && known.problem === null) return known.ends;
    const progress: RunProgress = { decided: 0 };
    const ends = work(progress).then(
      (result) => {
        entry.result = result;
        return result;
      },
      (error: unknown) => {
        entry.problem = asProblem(error).document(`/v1/dunning/runs/${facts.runId}`);
        throw error;
      },
    );
    const entry: Entry = { ...facts, progress, ends, result: null, problem: null };
    this.runs.delete(facts.runId);
    this.runs.set(facts.runId, entry);
    this.forgetOldest();
    return ends;
  }

  status(runId: string): RunStatus | undefined {
    const entry = this.runs.get(runId);
    if (entry === undefined) return undefined;
    const { from, to, dates, progress, result, problem } = entry;
    const status = problem !== null ? 'failed' : result !== null ? 'finished' : 'running';
    return { runId, from, to, status, dates, decided: progress.decided, result, problem };
  }

  private forgetOldest(): void {
    for (const [runId, { result, problem }] of this.runs) {
      if (this.runs.size <= MAX_REMEMBERED_RUNS) return;
      if (result !== null || problem !== null) this.runs.delete(runId);
    }
  }
}

const registries = new WeakMap<ServiceRuntime, RunsRegistry>();

/** The service's runs, whether somebody asked for them or the schedule did. */
export function runsOf(runtime: ServiceRuntime): RunsRegistry {
  const known = registries.get(runtime) ?? new RunsRegistry();
  registries.set(runtime, known);
  return known;
}
