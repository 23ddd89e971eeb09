/** Runs tasks of one key one after the other, tasks of different keys at the same time. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const mine = before === undefined ? task() : before.then(task, task);
    // The tail is only waited for, never read: its outcome belongs to the caller below.
    const tail = mine.then(ignoreOutcome, ignoreOutcome);
    this.tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }
}

function ignoreOutcome(): void {
  // The next in the queue starts whatever came of this one.
}
