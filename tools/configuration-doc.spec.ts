import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { configurationDocument, namesIn } from './configuration-doc.mjs';
import { root, sourceFiles } from './source-files.mjs';

const port = { name: 'KONTOR_PORT', meaning: 'Where | it listens.', shape: 'number', shown: '3000', secret: false };
const key = { name: 'KONTOR_KEY', meaning: 'A key.', shape: 'text', shown: null, secret: true };

/** Variables that are not Kontor's own to declare: of the system, and of tests. */
const OF_OTHERS = new Set(['PATH']);

describe('the table of the configuration', () => {
  it('has one row for each variable', () => {
    const document = configurationDocument([port, key]);
    expect(document).toContain('| `KONTOR_PORT` | Where \\| it listens. | number | `3000` |\n');
    expect(document).toContain('| `KONTOR_KEY` | A key. Secret: never printed. | text |  |\n');
    expect(namesIn(document)).toEqual(new Set(['KONTOR_PORT', 'KONTOR_KEY']));
  });

  it('names every variable that the code reads', () => {
    const known = namesIn(readFileSync(join(root, 'docs', 'configuration.md'), 'utf8'));
    const read = sourceFiles(/^(apps|libs)\/.*\.config\.ts$/).flatMap((path: string) =>
      Array.from(
        readFileSync(join(root, path), 'utf8').matchAll(/\b(?:process\.env|environment)(?:\.|\[')([A-Z][A-Z0-9_]*)/g),
        ([, name]) => `${path}: ${name}`,
      ),
    );
    const missing = read.filter((found: string) => {
      const name = found.split(': ')[1] ?? '';
      return !OF_OTHERS.has(name) && !known.has(name);
    });
    expect(missing).toEqual([]);
  });
});
