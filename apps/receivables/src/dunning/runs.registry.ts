import { asProblem, type ProblemDocument } from '@kontor/http';
import { MAX_REMEMBERED_RUNS } from '../receivables.config.ts';
import type { RunProgress, RunResult } from './dunning-runner.ts';

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

interface Entry {
  readonly runId: string;
  readonly from: string;
  readonly to: string;
  readonly dates: number;
  readonly progress: RunProgress;
  result: RunResult | null;
  problem: ProblemDocument | null;
}

/**
 * Runs of this process, for those who watch. It may forget: the dates that are decided are events, and the same request
 * again answers with the same totals.
 */
export class RunsRegistry {
  private readonly runs = new Map<string, Entry>();

  begin(runId: string, from: string, to: string, dates: number): RunProgress {
    const progress: RunProgress = { decided: 0 };
    this.runs.delete(runId);
    this.runs.set(runId, { runId, from, to, dates, progress, result: null, problem: null });
    const oldest = this.runs.keys().next().value;
    if (this.runs.size > MAX_REMEMBERED_RUNS && oldest !== undefined) this.runs.delete(oldest);
    return progress;
  }

  finished(runId: string, result: RunResult): void {
    const entry = this.runs.get(runId);
    if (entry !== undefined) entry.result = result;
  }

  failed(runId: string, error: unknown): void {
    const entry = this.runs.get(runId);
    if (entry !== undefined) entry.problem = asProblem(error).document(`/v1/dunning/runs/${runId}`);
  }

  status(runId: string): RunStatus | undefined {
    const entry = this.runs.get(runId);
    if (entry === undefined) return undefined;
    const { from, to, dates, progress, result, problem } = entry;
    const status = problem !== null ? 'failed' : result !== null ? 'finished' : 'running';
    return { runId, from, to, status, dates, decided: progress.decided, result, problem };
  }
}
