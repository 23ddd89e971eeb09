// Every variable that a document, the compose file or an infrastructure file names is one that somebody reads: Kontor
// (docs/configuration.md), the compose file itself (${NAME:-…}), or the tools and tests of this repository.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namesIn } from './configuration-doc.mjs';
import { root, sourceFiles } from './source-files.mjs';

const NAMED = /\bKONTOR_[A-Z0-9]+(?:_[A-Z0-9]+)*\b|\b(?:KAFKA_BROKERS|EVENTSTORE_URL|OTEL_[A-Z_]+)\b/g;
/** In code: `process.env.NAME`, `process.env['NAME']`. */
const READ = /\benv(?:\.|\[')(KONTOR_[A-Z0-9_]+)/g;
/** In the compose file, which reads them where it is run. */
const INTERPOLATED = /\$\{([A-Z0-9_]+)/g;
/** What was called so once may be called so in the history of changes. */
const HISTORY = 'CHANGELOG.md';

/**
 * @param {{ path: string, text: string }[]} files
 * @param {ReadonlySet<string>} known
 * @returns {string[]} one sentence per fault
 */
export function variableFaults(files, known) {
  return files.flatMap(({ path, text }) =>
    [...new Set(text.match(NAMED) ?? [])]
      .filter((name) => !known.has(name))
      .map((name) => `${path}: names ${name}, which nobody reads`),
  );
}

export function namesRead(code) {
  return [...code.matchAll(READ)].map(([, name]) => name);
}

export function namesInterpolated(compose) {
  return [...compose.matchAll(INTERPOLATED)].map(([, name]) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (path) => ({ path, text: readFileSync(join(root, path), 'utf8') });
  const under = (folder, pattern) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((path) => `${folder}/${path}`)
      .filter((path) => pattern.test(path))
      .map(read);
  const compose = read('docker-compose.yml');
  const files = [
    ...readdirSync(root)
      .filter((path) => path.endsWith('.md') && path !== HISTORY)
      .map(read),
    ...under('docs', /\.md$/),
    ...under('infra', /\.(md|ya?ml|json)$|\/(Dockerfile|Caddyfile)$/),
    ...sourceFiles(/\.md$/).map(read),
    compose,
  ];
  const known = new Set([
    ...namesIn(read('docs/configuration.md').text),
    ...namesInterpolated(compose.text),
    ...sourceFiles(/\.(ts|mjs)$/).flatMap((path) => namesRead(read(path).text)),
    ...namesRead(read('jest.config.mjs').text),
  ]);
  const faults = variableFaults(files, known);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
