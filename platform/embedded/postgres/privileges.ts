import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, lchownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PipelineError } from '../../../contracts/errors.js';
import { findOnPath, runProgram } from '../processes/run-program.js';
import type { LaunchCommand } from '../processes/run-program.js';
import type { PostgresBinaries } from './binaries.js';
import { postgresProgram } from './binaries.js';

/**
 * The identity under which PostgreSQL runs, since it does not start as root.
 * - `self`: the caller is an ordinary user.
 * - `nobody`: the caller is root, and user `nobody` can reach binaries and data.
 * - `namespace`: the caller is root, and a parent folder is closed to other users; PostgreSQL runs in a user namespace
 *   that maps root to user 1000, so that the files remain owned by root.
 * - `copied`: neither works; binaries and data are placed in a folder that `nobody` can reach.
 */
export type PrivilegeKind = 'self' | 'nobody' | 'namespace' | 'copied';

/** Folders and identity with which PostgreSQL can run. */
export interface PostgresHost {
  readonly kind: PrivilegeKind;
  /** The folder with `bin`, `lib`, `share`. */
  readonly native: string;
  /** Existing parent folder of the data directory. */
  readonly base: string;
  /** Command line of a program under this identity. */
  command(program: 'postgres' | 'initdb', args: readonly string[]): LaunchCommand;
  /** Changes the owner of a file or folder, recursively, to this identity. */
  own(path: string): void;
}

interface HostRequest {
  readonly binaries: PostgresBinaries;
  /** Parent folder of the data directory, below the state directory. */
  readonly base: string;
  /** Parent folders for a copy that `nobody` can reach, best first. @default /var/lib, then the temporary folder */
  readonly outside?: readonly string[];
}

type Attempt = (request: HostRequest) => PostgresHost | null;

/**
 * The first identity under which `postgres --version` succeeds.
 * @param kinds - Identities to try, in order. @default those that the caller's identity allows
 * @throws PipelineError `SERVICE_NOT_FOUND` with the output of each attempt.
 */
export async function findPostgresHost(
  request: HostRequest,
  kinds: readonly PrivilegeKind[] = process.getuid?.() === 0 ? rootKinds(request) : ['self'],
): Promise<PostgresHost> {
  const results: string[] = [];
  for (const kind of kinds) {
    const host = attempts[kind](request);
    if (host === null) {
      results.push(`${kind}: not possible here`);
      continue;
    }
    const { exitCode, output } = await runProgram(host.command('postgres', ['--version']), 20_000);
    if (exitCode === 0) return host;
    results.push(`${kind}: ${output.trim()}`);
  }
  const message = `PostgreSQL cannot be run under this user: ${results.join('; ')}. Set DATABASE_URL, or run as an ordinary user`;
  throw new PipelineError('SERVICE_NOT_FOUND', message);
}

/** Where the data of a state directory can be. @param base - `<home>/postgres`. */
export function dataFoldersOf(base: string): readonly string[] {
  const outside = process.getuid?.() === 0 ? outsideBase({ base }) : null;
  return [base, ...(outside === null ? [] : [outside])].map((folder) => join(folder, 'data'));
}

/** If an earlier start placed the data outside, later ones use it too; otherwise the database would be empty. */
const rootKinds = (request: HostRequest): readonly PrivilegeKind[] =>
  existsSync(join(outsideBase(request) ?? '', 'data', 'PG_VERSION')) ? ['copied'] : ['nobody', 'namespace', 'copied'];

const attempts: Record<PrivilegeKind, Attempt> = {
  self: ({ binaries, base }) => makeHost('self', { native: binaries.native, base }),
  nobody: ({ binaries, base }) => {
    const nobody = findNobody();
    const reachable = isReachable(binaries.native) && isReachable(base);
    return nobody === null || !reachable ? null : makeHost('nobody', { native: binaries.native, base, ...nobody });
  },
  namespace: ({ binaries, base }) => {
    const unshare = process.platform === 'linux' ? findOnPath(['unshare']) : null;
    return unshare === null ? null : makeHost('namespace', { native: binaries.native, base, unshare });
  },
  copied: (request) => {
    const nobody = findNobody();
    const base = outsideBase(request);
    if (nobody === null || base === null) return null;
    mkdirSync(base, { recursive: true, mode: 0o755 });
    return makeHost('copied', { native: copyBinaries(request.binaries, dirname(base)), base, ...nobody });
  },
};

interface HostParts {
  readonly native: string;
  readonly base: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly unshare?: string;
}

function makeHost(kind: PrivilegeKind, { native, base, uid, gid, unshare }: HostParts): PostgresHost {
  const as = uid === undefined || gid === undefined ? {} : { uid, gid };
  return {
    kind,
    native,
    base,
    command: (program, args) => {
      const file = postgresProgram(native, program);
      // unshare uses exec, not fork, so that the pid is PostgreSQL's own.
      const mapped = ['--user', '--map-user=1000', '--map-group=1000', '--', file, ...args];
      return { cwd: '/', ...as, ...(unshare === undefined ? { file, args } : { file: unshare, args: mapped }) };
    },
    own: (path) => giveTo(path, uid ?? process.getuid?.(), gid ?? process.getgid?.()),
  };
}

/** Skips a tree whose root already has this owner, since a data directory has thousands of files. */
function giveTo(path: string, uid: number | undefined, gid: number | undefined): void {
  if (uid === undefined || gid === undefined || statSync(path).uid === uid) return;
  if (statSync(path).isDirectory())
    for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) lchownSync(join(path, name), uid, gid);
  chownSync(path, uid, gid);
}

/** True when every user may traverse this folder and all its parents. */
export function isReachable(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false;
  const parent = dirname(path);
  return parent === path || isReachable(parent);
}

/** User `nobody` from /etc/passwd: PostgreSQL looks up its user name, so a bare user id is not enough. */
function findNobody(): { uid: number; gid: number } | null {
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(users) ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

/** The folder for a state directory's copy, named by its hash; kept across reboots if /var/lib is writable. */
function outsideBase(request: Omit<HostRequest, 'binaries'>): string | null {
  const root = outsideRoot(request.outside ?? ['/var/lib', tmpdir()]);
  return root === null ? null : join(root, createHash('sha256').update(request.base).digest('hex').slice(0, 16));
}

function outsideRoot(parents: readonly string[]): string | null {
  for (const parent of parents) {
    const root = join(parent, 'ml-services');
    try {
      mkdirSync(root, { recursive: true, mode: 0o755 });
      // In a world-writable folder another user could have created it first.
      if (statSync(root).uid === process.getuid?.() && isReachable(root)) return root;
    } catch {
      continue; // read-only
    }
  }
  return null;
}

/** Copies the binaries once for each version, atomically. */
function copyBinaries({ native, version }: PostgresBinaries, root: string): string {
  const target = join(root, `postgres-${version}`);
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  chmodSync(partial, 0o755);
  try {
    renameSync(partial, target);
  } catch (fault) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw fault; // else another process has copied them
  }
  return target;
}
