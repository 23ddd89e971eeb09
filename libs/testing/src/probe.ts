import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 10;
const DEADLINE_MS = 10_000;

type NotYet = false | null | undefined;

/**
 * Asks again until the probe answers, and gives the answer. `false`, `null`, `undefined` and a thrown error mean "not
 * yet", so a probe made of `expect` calls ends with `return true`. After the deadline it throws and says what it waited for.
 */
export async function eventually<Answer extends NonNullable<unknown>>(
  what: string,
  probe: () => Answer | NotYet | Promise<Answer | NotYet>,
  deadlineMs = DEADLINE_MS,
): Promise<Exclude<Answer, NotYet>> {
  const givesUpAt = Date.now() + deadlineMs;
  for (;;) {
    let last: unknown;
    try {
      const answer = await probe();
      if (answer !== false && answer !== null && answer !== undefined) return answer as Exclude<Answer, NotYet>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= givesUpAt) {
      throw new Error(`waited ${deadlineMs} ms for: ${what}`, { cause: last });
    }
    await pause(POLL_MS);
  }
}
