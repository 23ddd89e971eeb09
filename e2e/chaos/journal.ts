import { setTimeout as delay } from 'node:timers/promises';
import type { Api, Reply } from './api.ts';

export interface Command {
  readonly key: string;
  readonly path: string;
  readonly body: object;
}

export interface Receipt {
  readonly id?: string;
  readonly consistencyToken: string;
}

export type Outcome =
  | { readonly kind: 'accepted'; readonly receipt: Receipt }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string }
  /** It was told to give up before there was an answer that says what happened. */
  | { readonly kind: 'open' };

const RETRY_MS = 200;

/** What was sent, how often, and what came of it. Every command is repeated under its key until its outcome is known. */
export class Journal {
  readonly accepted = new Map<string, { readonly command: Command; readonly receipt: Receipt }>();
  /** Refusals and answers that nothing could be done, by code; the number of requests without any answer. */
  readonly refused = new Map<string, number>();
  readonly unavailable = new Map<string, number>();
  readonly open: Command[] = [];
  unanswered = 0;
  /** What must never happen. */
  readonly findings: string[] = [];
  longestWaitMs = 0;
  #lastAccepted = Date.now();

  constructor(private readonly api: Api) {}

  async send(command: Command, giveUp: AbortSignal): Promise<Outcome> {
    for (;;) {
      const reply = await this.api.request('POST', command.path, command.body, { 'idempotency-key': command.key });
      const outcome = this.#judge(command, reply);
      if (outcome !== undefined) return outcome;
      if (giveUp.aborted) {
        this.open.push(command);
        return { kind: 'open' };
      }
      await delay(RETRY_MS);
    }
  }

  /** Sends what was accepted once more: the answer must be the first one. */
  async repeat(commands: readonly string[]): Promise<void> {
    for (const key of commands) {
      const known = this.accepted.get(key);
      if (known === undefined) continue;
      const { command, receipt } = known;
      const reply = await this.api.request('POST', command.path, command.body, { 'idempotency-key': key });
      const again = reply?.body as Receipt | undefined;
      if (reply === undefined || reply.status >= 300 || again?.consistencyToken !== receipt.consistencyToken)
        this.findings.push(
          `${command.path} under ${key} was answered with ${receipt.consistencyToken}, and repeated with ${reply?.status} ${JSON.stringify(reply?.body)}`,
        );
    }
  }

  /** The time since anything was accepted counts from here: what came before was no load. */
  begin(): void {
    this.#lastAccepted = Date.now();
  }

  #judge(command: Command, reply: Reply | undefined): Outcome | undefined {
    if (reply === undefined) {
      this.unanswered += 1;
      return undefined;
    }
    const code = (reply.body as { code?: string } | undefined)?.code ?? `status ${reply.status}`;
    if (reply.status < 300) {
      const receipt = reply.body as Receipt;
      this.accepted.set(command.key, { command, receipt });
      const now = Date.now();
      this.longestWaitMs = Math.max(this.longestWaitMs, now - this.#lastAccepted);
      this.#lastAccepted = now;
      return { kind: 'accepted', receipt };
    }
    if (reply.status < 500) {
      this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
      return { kind: 'refused', status: reply.status, code };
    }
    this.unavailable.set(code, (this.unavailable.get(code) ?? 0) + 1);
    const isProblem = reply.contentType.startsWith('application/problem+json');
    if (reply.status !== 503 || !isProblem || reply.retryAfter === null)
      this.findings.push(
        `${command.path} was answered with ${reply.status} ${code} (${reply.contentType}, retry-after ${reply.retryAfter})`,
      );
    return undefined;
  }
}
