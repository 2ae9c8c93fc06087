import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { rooms } from './rules.js';

export interface FunctionSizes {
  readonly functions: number;
  readonly median: number;
  readonly longest: { readonly lines: number; readonly where: string };
}

/** Product sources of all rooms; tests and fixtures are measured by nobody. */
function sourceFiles(root: string): string[] {
  return rooms.flatMap((room) => {
    try {
      return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('fixtures'))
        .map((path) => join(room, path));
    } catch {
      return []; // a room that does not exist yet
    }
  });
}

/** Lines of each named function, method and multi-line arrow function; a one-line lambda is an expression. */
function sizesIn(root: string, path: string): { lines: number; where: string }[] {
  const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const sizes: { lines: number; where: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const last = source.getLineAndCharacterOfPosition(node.end).line + 1;
      if (last > first || !ts.isArrowFunction(node)) sizes.push({ lines: last - first + 1, where: `${path}:${first}` });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sizes;
}

/** Median and maximum of function lengths over all rooms (the linter holds the maximum, this the median). */
export function measureFunctions(root: string): FunctionSizes {
  const sizes = sourceFiles(root)
    .flatMap((path) => sizesIn(root, path))
    .sort((a, b) => a.lines - b.lines);
  const longest = sizes.at(-1) ?? { lines: 0, where: '' };
  return { functions: sizes.length, median: sizes[Math.floor(sizes.length / 2)]?.lines ?? 0, longest };
}
