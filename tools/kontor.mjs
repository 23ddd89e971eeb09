#!/usr/bin/env node
// The command `kontor`: the administrators' command-line tool, from its TypeScript source and with the pinned Node.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const hook = join(root, 'tools', 'swc-hook.mjs');
const cli = join(root, 'apps', 'kontor', 'src', 'cli.ts');
const pinned = join(root, 'node_modules', 'node', 'bin', 'node');

if (!existsSync(pinned)) {
  const { status } = spawnSync(process.execPath, [join(root, 'tools', 'setup.mjs')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'node', 'package.json'), 'utf8'));
if (process.versions.node === version) {
  await import(hook);
  process.argv[1] = cli;
  await import(cli);
} else {
  const child = spawn(pinned, ['--import', hook, cli, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}
