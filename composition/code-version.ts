import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const readText = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8').trim() : null);

/** The commit in `.git`, read without running git; null outside a checkout or for an unknown layout of `.git`. */
function readCommit(root: string): string | null {
  const gitFolder = join(root, '.git');
  const head = readText(join(gitFolder, 'HEAD'));
  if (head === null) return null;
  const branch = /^ref: (.+)$/.exec(head)?.[1];
  if (branch === undefined) return head;
  const loose = readText(join(gitFolder, branch));
  if (loose !== null) return loose;
  const packed = readText(join(gitFolder, 'packed-refs')) ?? '';
  return (
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${branch}`))
      ?.split(' ')[0] ?? null
  );
}

/**
 * The version that runs and snapshots record: the package's and, in a checkout, the commit.
 * @example '0.1.0+3f2a9c1'
 */
export function codeVersionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const commit = readCommit(root);
  return commit !== null && /^[0-9a-f]{40}$/.test(commit) ? `${version}+${commit.slice(0, 7)}` : version;
}
