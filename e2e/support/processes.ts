import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Process ids of the children of a process; none where there is no /proc. */
export function childrenOf(parent: number): readonly number[] {
  return processes()
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

function processes(): readonly string[] {
  try {
    return readdirSync('/proc');
  } catch {
    return [];
  }
}

/** "pid (name) state ppid …", and the name may hold anything. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(join('/proc', pid, 'stat'), 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
