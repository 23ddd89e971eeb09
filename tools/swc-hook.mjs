// Lets Node run the TypeScript sources, decorators included: `node --import ./tools/swc-hook.mjs file.ts`.
// Needs module.registerHooks, so the Node that package.json pins, not whichever the machine has.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

// Read once and passed along, because swc looks for .swcrc below the working directory only, and the command-line
// tool may be called from anywhere.
const options = JSON.parse(readFileSync(new URL('../.swcrc', import.meta.url), 'utf8'));

process.setSourceMapsEnabled(true);
registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      ...options,
      filename,
      swcrc: false,
      sourceMaps: 'inline',
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
