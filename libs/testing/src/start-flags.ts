import { readFileSync } from 'node:fs';

const PACKAGE = new URL('../../../package.json', import.meta.url);

/** The limits of memory that `npm start` gives the platform: what is tested and measured is what runs. */
export function memoryFlagsOfStart(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { scripts: { readonly start: string } };
  return scripts.start.match(/--max-[a-z-]+=\d+/g) ?? [];
}
