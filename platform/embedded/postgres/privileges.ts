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
 * Under whose name PostgreSQL runs: it refuses user id 0.
 * - `self`: the caller is an ordinary user.
 * - `nobody`: the caller is root and `nobody` can reach binaries and data.
 * - `namespace`: the caller is root, some folder above is closed to others; a user namespace shows root to PostgreSQL
 *   as user 1000 while the files stay root's.
 * - `copied`: neither works; binaries and data move to a folder that `nobody` can reach.
 */
export type PrivilegeKind = 'self' | 'nobody' | 'namespace' | 'copied';

/** A place and identity PostgreSQL can run in. */
export interface PostgresHost {
  readonly kind: PrivilegeKind;
  /** The folder with `bin`, `lib`, `share`. */
  readonly native: string;
  /** The folder that holds the data directory, existing. */
  readonly base: string;
  /** A program's command line under the right identity. */
  command(program: 'postgres' | 'initdb', args: readonly string[]): LaunchCommand;
  /** Gives a file or folder, with all below it, to that identity. */
  own(path: string): void;
}

interface HostRequest {
  readonly binaries: PostgresBinaries;
  /** Where the data should lie, below the state directory. */
  readonly base: string;
  /** Folders, best first, below one of which a copy may be made for `nobody`. @default /var/lib, then the temporary folder */
  readonly outside?: readonly string[];
}

type Attempt = (request: HostRequest) => PostgresHost | null;

/**
 * The first way that really runs the program.
 * @param kinds - The ways to try, in order. @default what the caller's identity allows
 * @throws PipelineError `SERVICE_NOT_FOUND` with what each way answered.
 */
export async function findPostgresHost(
  request: HostRequest,
  kinds: readonly PrivilegeKind[] = process.getuid?.() === 0 ? rootKinds(request) : ['self'],
): Promise<PostgresHost> {
  const answers: string[] = [];
  for (const kind of kinds) {
    const host = attempts[kind](request);
    if (host === null) {
      answers.push(`${kind}: not possible here`);
      continue;
    }
    const { exitCode, output } = await runProgram(host.command('postgres', ['--version']), 20_000);
    if (exitCode === 0) return host;
    answers.push(`${kind}: ${output.trim()}`);
  }
  const message = `PostgreSQL cannot be run under this user: ${answers.join('; ')}. Set DATABASE_URL, or run as an ordinary user`;
  throw new PipelineError('SERVICE_NOT_FOUND', message);
}

/** Data that was once placed outside stays there, or a later start would begin with an empty database. */
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
      // exec, not fork: the process number stays PostgreSQL's own.
      const mapped = ['--user', '--map-user=1000', '--map-group=1000', '--', file, ...args];
      return { cwd: '/', ...as, ...(unshare === undefined ? { file, args } : { file: unshare, args: mapped }) };
    },
    own: (path) => giveTo(path, uid ?? process.getuid?.(), gid ?? process.getgid?.()),
  };
}

/** Changes nothing when the top already belongs to the identity: a data directory has thousands of files. */
function giveTo(path: string, uid: number | undefined, gid: number | undefined): void {
  if (uid === undefined || gid === undefined || statSync(path).uid === uid) return;
  if (statSync(path).isDirectory())
    for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) lchownSync(join(path, name), uid, gid);
  chownSync(path, uid, gid);
}

/** True when every folder above, and this one, lets any user pass. */
export function isReachable(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false;
  const parent = dirname(path);
  return parent === path || isReachable(parent);
}

/** PostgreSQL looks its user up by number, so an unnamed one does not do. */
function findNobody(): { uid: number; gid: number } | null {
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(users) ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

/** The folder outside that belongs to this state directory; survives a restart of the machine where /var/lib may be written. */
function outsideBase(request: HostRequest): string | null {
  const root = outsideRoot(request.outside ?? ['/var/lib', tmpdir()]);
  return root === null ? null : join(root, createHash('sha256').update(request.base).digest('hex').slice(0, 16));
}

function outsideRoot(parents: readonly string[]): string | null {
  for (const parent of parents) {
    const root = join(parent, 'ml-services');
    try {
      mkdirSync(root, { recursive: true, mode: 0o755 });
      // In a folder anybody may write to, somebody else could have made it first.
      if (statSync(root).uid === process.getuid?.() && isReachable(root)) return root;
    } catch {
      continue; // read-only
    }
  }
  return null;
}

/** One copy a version, complete or absent. */
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
    if (!existsSync(target)) throw fault; // another process was faster
  }
  return target;
}
