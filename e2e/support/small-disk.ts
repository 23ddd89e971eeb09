import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childrenOf } from './processes.ts';

const DISK_MIB = 400;
/** Left over when it is full: enough to begin with, and not for long. */
const LEFT_BYTES = 1_572_864;
const FILE_LIMIT_BYTES = 1_048_576;

/** A place for a data folder that can be filled to the brim, and emptied again. */
export interface SmallDisk {
  readonly kind: string;
  /** Where the data folder may be made. */
  readonly folder: string;
  fill(postgres: number): Promise<void>;
  makeRoom(postgres: number): Promise<void>;
  dispose(): void;
}

/** A small tmpfs where it may be mounted; else the files of the server may not grow beyond a size. */
export function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=711`, 'tmpfs', folder]);
  return mounted.status === 0 ? tmpfs(folder) : limited(folder);
}

function tmpfs(folder: string): SmallDisk {
  const ballast = join(folder, 'ballast');
  return {
    kind: `a tmpfs of ${DISK_MIB} MiB`,
    folder,
    async fill() {
      const { bavail, bsize } = await statfs(folder);
      await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - LEFT_BYTES)));
    },
    makeRoom: () => rm(ballast),
    dispose() {
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function limited(folder: string): SmallDisk {
  chmodSync(folder, 0o711);
  return {
    kind: 'a limit on the size of files',
    folder,
    /** What the server starts later has the limit from it; one that is started anew has none. */
    fill: async (postgres) => limit(postgres, String(FILE_LIMIT_BYTES)),
    makeRoom: async (postgres) => limit(postgres, 'unlimited'),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The soft limit alone, so that it can be lifted again; as the server's own user, because root may lack the right. */
function limit(postgres: number, bytes: string): void {
  for (const pid of [postgres, ...childrenOf(postgres)]) {
    const owner = statSync(`/proc/${pid}`, { throwIfNoEntry: false });
    // It has ended in the meantime.
    if (owner === undefined) continue;
    const { uid, gid } = owner;
    const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { uid, gid });
    if (status !== 0 && existsSync(`/proc/${pid}`)) throw new Error(`prlimit: ${String(stderr)}`);
  }
}
