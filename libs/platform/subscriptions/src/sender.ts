import { backOff, isInfrastructureFault, type Watch } from '@kontor/feed';
import type { DomainCommand } from '@kontor/kernel';
import { identityOf, type Reaction } from './reaction-plan.ts';
import type { SendCommand } from './runner-types.ts';
import { COMMAND_ATTEMPTS } from './subscriptions.config.ts';

/** Sends the commands of reactions, a bounded number at once. */
export class Sender<State, Command extends DomainCommand> {
  readonly #process: string;
  readonly #send: SendCommand;
  readonly #watch: Watch | undefined;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(process: string, send: SendCommand, concurrent: number, watch?: Watch) {
    this.#process = process;
    this.#send = send;
    this.#free = concurrent;
    this.#watch = watch;
  }

  /**
   * The commands of one reaction, in order. Throws the fault of a command that failed for its own sake so often that it is
   * given up; what the infrastructure is to blame for is thrown at once, and the whole batch is tried again later.
   */
  async send(reaction: Reaction<State, Command>, signal: AbortSignal): Promise<void> {
    if (this.#watch === undefined) return this.#sendEach(reaction, signal);
    const { id, type, recordedAt, traceparent } = reaction.trigger;
    const events = [{ id, type, recordedat: recordedAt, traceparent }];
    return this.#watch({ consumer: this.#process, events }, () => this.#sendEach(reaction, signal));
  }

  async #sendEach({ trigger, result }: Reaction<State, Command>, signal: AbortSignal): Promise<void> {
    for (const command of result.commands) {
      for (let attempt = 1; ; attempt += 1) {
        signal.throwIfAborted();
        await this.#enter();
        try {
          await this.#send(command, identityOf(this.#process, trigger, command.step));
          break;
        } catch (error) {
          if (isInfrastructureFault(error) || attempt === COMMAND_ATTEMPTS) throw error;
        } finally {
          this.#leave();
        }
        await backOff(attempt, signal);
      }
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
