import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One source file below the root, read and parsed. */
export interface Source {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** What a run would leave in one file. */
export interface Change {
  readonly path: string;
  /** Null: there is no such file yet. */
  readonly before: string | null;
  readonly after: string;
}

/** A request that cannot be met; its message is for the person who made it. */
export class Unfit extends Error {}

/** The sources of a folder and the folders in it, without its tests. */
export function sourcesIn(root: string, folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.includes('node_modules'))
    .sort()
    .map((file) => {
      const path = `${folder}/${file}`;
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
    });
}

export function everyNode(from: ts.Node, visit: (node: ts.Node) => void): void {
  visit(from);
  ts.forEachChild(from, (child) => everyNode(child, visit));
}
