import { createHash } from 'node:crypto';

/**
 * A statement that each connection prepares once. The name is made from the text, because a connection that is asked to
 * run another text under a name it knows fails.
 */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

export function prepared(text: string): Prepared {
  return { name: `k_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`, text };
}
