// Lints every fixture as if it lay where it says, under its own name, and prints what came out as JSON. A process of its own,
// because ESLint, Nx and the TypeScript services do not live well inside Jest's module registry.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';

const here = import.meta.dirname;
const root = join(here, '..', '..');

const fixtures = readdirSync(here)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const text = readFileSync(join(here, name), 'utf8');
    const [, as, expected] = /^\/\/ as: (.+)\n\/\/ expect: (.+)\n/.exec(text) ?? [];
    if (as === undefined) throw new Error(`${name} does not begin with "// as: <path>" and "// expect: <rule>"`);
    return { name, as, path: join(root, as.replace('/fixture.', `/${name.slice(0, -'ts'.length)}`)), expected, text };
  });

const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
const host = ts.createCompilerHost(options, true);

// Nothing of it is on the disk, so that no project knows it. One program for all: one for each would take three times as long.
const texts = new Map(fixtures.map(({ path, text }) => [path, text]));
const program = ts.createProgram([...texts.keys()], options, {
  ...host,
  fileExists: (path) => texts.has(path) || host.fileExists(path),
  readFile: (path) => texts.get(path) ?? host.readFile(path),
  getSourceFile: (path, target, ...more) =>
    texts.has(path)
      ? ts.createSourceFile(path, texts.get(path), target, true)
      : host.getSourceFile(path, target, ...more),
});
const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: null, programs: [program] } },
  },
});

const results = [];
// Every rule that is on anywhere, so that the test can ask whether each has its fixture.
const configured = new Set();
for (const { name, as, path, expected, text } of fixtures) {
  const [{ messages }] = await eslint.lintText(text, { filePath: path });
  const found = messages.map(({ ruleId, message }) => ({ rule: ruleId ?? 'parser', message }));
  results.push({ name, as, expected, found });
  const { rules } = await eslint.calculateConfigForFile(path);
  for (const [rule, [severity]] of Object.entries(rules)) if (severity === 2) configured.add(rule);
}

console.log(JSON.stringify({ results, configured: [...configured].sort() }));
