import { pause } from '@kontor/feed';
import type pg from 'pg';
import { type Lease, LeaseKeeper } from './leases.ts';
import { HAND_OVER_LOOK_MS, KEPT_AT_LEAST_MS, MEMBERS_GOOD_FOR_MS, TURN_GRACE_MS } from './subscriptions.config.ts';

/** One piece of the work that the processes of a service divide among themselves. */
export interface Share {
  /** Whether this process should try to take it now. */
  shouldTake(): Promise<boolean>;
  /** Resolves with true when another process should have it instead, with false when the signal is aborted before. */
  handedOver(signal: AbortSignal): Promise<boolean>;
}

/** The same for work that needs no lease with a token: it is taken and given up by looking, again and again. */
export interface Turn {
  /** Whether this process has it. */
  held(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Divides the work of a service among its processes: each piece belongs to the process at its number, counted round. It is
 * fairness only; what keeps work from being done twice are the leases and the checkpoints. So a piece that nobody takes, because
 * two processes see each other differently for a moment, is taken by whoever asks.
 */
export class Shares {
  readonly #keeper: LeaseKeeper;
  readonly #group: string;
  #pieces: readonly string[] = [];
  #heard: { readonly at: number; readonly members: ReturnType<LeaseKeeper['members']> } | undefined;

  constructor(pool: pg.Pool, service: string) {
    this.#keeper = LeaseKeeper.of(pool);
    this.#group = `kontor members of ${service}`;
  }

  share(piece: string): Share {
    const wish = this.#wish(piece);
    return {
      shouldTake: () => wish.isDue(),
      handedOver: async (signal) => {
        wish.over();
        await pause(KEPT_AT_LEAST_MS, signal);
        while (!signal.aborted) {
          if (!(await this.#isMine(piece).catch(() => true))) return !isAborted(signal);
          await pause(HAND_OVER_LOOK_MS, signal);
        }
        return false;
      },
    };
  }

  turn(piece: string): Turn {
    const wish = this.#wish(piece);
    let lock: Pick<Lease, 'lost' | 'release'> | undefined;
    let takenAt = 0;
    const release = async () => {
      const held = lock;
      lock = undefined;
      await held?.release();
    };
    return {
      held: async () => {
        if (lock?.lost.aborted === true) lock = undefined;
        if (lock === undefined) {
          if (!(await wish.isDue())) return false;
          lock = await this.#keeper.tryLock(`${this.#group} ${piece}`);
          if (lock === undefined) return false;
          wish.over();
          takenAt = performance.now();
        } else if (performance.now() - takenAt > KEPT_AT_LEAST_MS && !(await this.#isMine(piece))) await release();
        return lock !== undefined;
      },
      release,
    };
  }

  /** To have a piece: due at once where it is this process's, after a while where nobody else takes it. */
  #wish(piece: string): { readonly isDue: () => Promise<boolean>; readonly over: () => void } {
    this.#pieces = [...this.#pieces, piece].sort();
    let since: number | undefined;
    return {
      isDue: async () => {
        since ??= performance.now();
        const waited = performance.now() - since;
        return (await this.#isMine(piece)) || waited > TURN_GRACE_MS;
      },
      over: () => {
        since = undefined;
      },
    };
  }

  /** No piece belongs to this process any more; the others hear it at their next look. */
  async leave(): Promise<void> {
    this.#heard = undefined;
    await this.#keeper.leave(this.#group);
  }

  async #isMine(piece: string): Promise<boolean> {
    const { own, all } = await this.#members();
    return all[this.#pieces.indexOf(piece) % all.length] === own;
  }

  #members(): ReturnType<LeaseKeeper['members']> {
    const heard = this.#heard;
    if (heard !== undefined && performance.now() - heard.at < MEMBERS_GOOD_FOR_MS) return heard.members;
    const members = this.#keeper.members(this.#group);
    this.#heard = { at: performance.now(), members };
    members.catch(() => (this.#heard = undefined));
    return members;
  }
}

/** Asked after a wait, in which it may have changed. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
