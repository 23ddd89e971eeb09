/**
 * Whatever is looked for is looked for by index. Before its first ANALYZE the planner takes a table for small and a name in it for
 * frequent, and would read all streams to find a few.
 */
const OFF = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'];

/** In the definition of a function. */
export const BY_INDEX = OFF.map((way) => `SET ${way} = off`).join(' ');

/** In a transaction, until it ends. */
export const BY_INDEX_HERE = OFF.map((way) => `SET LOCAL ${way} = off`).join('; ');
