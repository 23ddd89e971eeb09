/** Questions answered by one statement at most. */
const MAX_GATHERED = 256;

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks together what is asked at the same time, as appends are written together: one statement for many questions costs
 * little more than for one. One is under way at a time; while it is, the next ones gather. An idle process asks at once.
 */
export class Gathered<Question, Answer> {
  private waiting: Waiting<Question, Answer>[] = [];
  private asking = false;

  /** `askAll` answers in the order of the questions. */
  constructor(private readonly askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>) {}

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.asking) return;
    this.asking = true;
    // One turn of the event loop: whoever was answered together asks together.
    setImmediate(() => void this.askWaiting());
  }

  private async askWaiting(): Promise<void> {
    const batch = this.waiting.splice(0, MAX_GATHERED);
    try {
      const answers = await this.askAll(batch.map(({ question }) => question));
      batch.forEach(({ resolve }, index) => {
        resolve(answers[index] as Answer);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.asking = false;
    if (this.waiting.length > 0) this.schedule();
  }
}
