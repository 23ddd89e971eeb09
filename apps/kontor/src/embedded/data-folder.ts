import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StartFault } from '../start-fault.ts';

/** Layout of a data folder. A newer one is left alone: its rules are not known here. */
const FOLDER_FORMAT = 1;

/** Lies in a data folder while a backup is restored into it, and stays when that is killed. */
export const UNFINISHED_RESTORE = 'unfinished-restore';

interface FolderStamp {
  readonly format: number;
  readonly createdBy: string;
}

/**
 * The embedded platform's folder: database, keys, tokens. One process at a time; a lock that a killed process left
 * behind is taken over.
 */
export class DataFolder {
  private constructor(readonly path: string) {}

  static async open(path: string, version: string): Promise<DataFolder> {
    const folder = new DataFolder(resolve(path));
    try {
      await makeFolder(folder.path);
      await folder.lock();
    } catch (error) {
      throw folder.faultOf(error);
    }
    try {
      await folder.checkStamp(version);
    } catch (error) {
      await folder.close();
      throw folder.faultOf(error);
    }
    return folder;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Content of a secret that is made once and kept, mode 0600. */
  async secret(name: string, make: () => string | Promise<string>): Promise<string> {
    const file = this.file(name);
    if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
    const content = await make();
    await this.writeSecret(name, content);
    return content;
  }

  async writeSecret(name: string, content: string): Promise<void> {
    await writeFile(this.file(name), `${content}\n`, { mode: 0o600 });
    await chmod(this.file(name), 0o600);
  }

  async close(): Promise<void> {
    await rm(this.file('lock'), { force: true });
  }

  private async lock(): Promise<void> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        const handle = await open(this.file('lock'), 'wx', 0o600);
        await handle.writeFile(String(process.pid));
        await handle.close();
        return;
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
        const holder = Number(readFileSync(this.file('lock'), 'utf8'));
        if (holder !== process.pid && runsKontor(holder))
          throw new StartFault(
            `The data folder ${this.path} is in use by process ${holder}; stop it, or choose another folder with --data.`,
          );
        await unlink(this.file('lock')).catch((gone: unknown) => {
          if (!isCode(gone, 'ENOENT')) throw gone;
        });
      }
    }
    throw new StartFault(`The data folder ${this.path} is being opened by another process.`);
  }

  private async checkStamp(version: string): Promise<void> {
    if (existsSync(this.file(UNFINISHED_RESTORE)))
      throw new StartFault(
        `A restore into the data folder ${this.path} was interrupted: remove that folder, then restore again.`,
      );
    const file = this.file('kontor.json');
    if (!existsSync(file)) {
      const stamp: FolderStamp = { format: FOLDER_FORMAT, createdBy: version };
      await writeFile(file, `${JSON.stringify(stamp)}\n`);
      return;
    }
    const stamp = stampOf(await readFile(file, 'utf8'));
    if (stamp === undefined)
      throw new StartFault(`${file} is not readable as Kontor's: this does not look like a data folder.`);
    if (stamp.format < FOLDER_FORMAT)
      throw new StartFault(
        `The data folder ${this.path} was made by an older version (format ${stamp.format}, this one knows ${FOLDER_FORMAT}): make a backup with that version, and restore it into an empty folder with this one.`,
      );
    if (stamp.format > FOLDER_FORMAT)
      throw new StartFault(
        `The data folder ${this.path} was made by a newer version (format ${stamp.format}, this one knows ${FOLDER_FORMAT}); use that version.`,
      );
  }

  private faultOf(error: unknown): unknown {
    if (isCode(error, 'EACCES') || isCode(error, 'EPERM') || isCode(error, 'EROFS'))
      return new StartFault(`There is no permission to write in the data folder ${this.path}.`, {
        cause: error,
      });
    if (isCode(error, 'ENOENT'))
      return new StartFault(`The data folder ${this.path} cannot be made there.`, { cause: error });
    if (isCode(error, 'ENOTDIR') || isCode(error, 'EEXIST'))
      return new StartFault(`${this.path} is not a folder.`, { cause: error });
    return error;
  }
}

/** Not `recursive`: in a place where nothing can be made (/proc) Node tries that for ever. */
async function makeFolder(path: string, attempts = 2): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isCode(error, 'EEXIST')) {
      if (!statSync(path).isDirectory()) throw error;
    } else if (isCode(error, 'ENOENT') && attempts > 1 && dirname(path) !== path) {
      await makeFolder(dirname(path));
      await makeFolder(path, attempts - 1);
    } else throw error;
  }
}

export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

function stampOf(text: string): FolderStamp | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<FolderStamp>;
    return typeof parsed.format === 'number' ? (parsed as FolderStamp) : undefined;
  } catch {
    return undefined;
  }
}

function isCode(error: unknown, code: string): boolean {
  return (error as { code?: unknown } | null)?.code === code;
}

/** Whether a process with this id lives and is Kontor: ids are given out again after a restart of the machine. */
function runsKontor(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isCode(error, 'ESRCH')) return false;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('kontor');
  } catch {
    // No /proc here (macOS): a living process with this id is taken for the holder.
    return true;
  }
}
