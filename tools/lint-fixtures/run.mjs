// Lints every fixture as if it lay at the path it names, and prints what came out as JSON. A process of its own,
// because ESLint, Nx and the TypeScript services do not live well inside Jest's module registry.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';

const here = import.meta.dirname;
const root = join(here, '..', '..');

const fixtures = readdirSync(here)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const text = readFileSync(join(here, name), 'utf8');
    const [, as, expected] = /^\/\/ as: (.+)\n\/\/ expect: (.+)\n/.exec(text) ?? [];
    if (as === undefined) throw new Error(`${name} does not begin with "// as: <path>" and "// expect: <rule>"`);
    return { name, as, expected, text };
  });
const places = [...new Set(fixtures.map(({ as }) => as))];

const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: null,
        // The places do not exist on the disk, so no project knows them.
        projectService: {
          allowDefaultProject: places,
          defaultProject: 'tsconfig.base.json',
          maximumDefaultProjectFileMatchCount_THIS_WILL_SLOW_DOWN_LINTING: places.length,
        },
      },
    },
  },
});

const results = [];
for (const { name, as, expected, text } of fixtures) {
  const [{ messages }] = await eslint.lintText(text, { filePath: join(root, as) });
  results.push({
    name,
    as,
    expected,
    found: messages.map(({ ruleId, message }) => ({ rule: ruleId ?? 'parser', message })),
  });
}

// Every rule that is on anywhere, so that the test can ask whether each has its fixture.
const configured = new Set();
for (const as of places) {
  const { rules } = await eslint.calculateConfigForFile(join(root, as));
  for (const [rule, [severity]] of Object.entries(rules)) if (severity === 2) configured.add(rule);
}

console.log(JSON.stringify({ results, configured: [...configured].sort() }));
