import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { postgresHolding } from './postgres/postgres.js';
import { dataFoldersOf } from './postgres/privileges.js';
import type { ProcessIdentity } from './processes/identity.js';
import { identityOf } from './processes/identity.js';
import { workerRoles } from './workers.js';

/** A worker, API or service of one state directory that runs without its supervisor. */
export interface LeftBehind {
  readonly name: 'worker' | 'api' | 'postgres' | 'redis' | 'temporal';
  readonly identity: ProcessIdentity;
  readonly stopSignal: NodeJS.Signals;
}

/**
 * Workers, API and services of a supervisor that was killed, the services last; found by environment, working directory and
 * files, because the record of them may be the damaged one. Linux only for all but PostgreSQL.
 */
export function findLeftBehind(home: string): readonly LeftBehind[] {
  const found = otherProcesses().flatMap((pid) => {
    const name = programOf(home, pid) ?? serviceOf(home, pid);
    return name === null ? [] : [leftBehind(name, identityOf(pid))];
  });
  const postgres = dataFoldersOf(join(home, 'postgres')).map((folder) =>
    leftBehind('postgres', postgresHolding(folder)),
  );
  const running = [...found, ...postgres].filter((process) => process !== null);
  const usesServices = ({ name }: LeftBehind): boolean => name === 'worker' || name === 'api';
  return [...running.filter(usesServices), ...running.filter((process) => !usesServices(process))];
}

const leftBehind = (name: LeftBehind['name'], identity: ProcessIdentity | null): LeftBehind | null =>
  identity === null ? null : { name, identity, stopSignal: name === 'postgres' ? 'SIGINT' : 'SIGTERM' };

const otherProcesses = (): readonly number[] =>
  process.platform === 'linux'
    ? readdirSync('/proc')
        .map(Number)
        .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    : [];

/** `ml worker <role>` or `ml serve` with this state directory. */
function programOf(home: string, pid: number): 'worker' | 'api' | null {
  const words = wordsOf(pid, 'cmdline');
  const role = words[words.indexOf('worker') + 1] ?? '';
  const isWorker = words.includes('worker') && (workerRoles as readonly string[]).includes(role);
  if (!isWorker && !words.includes('serve')) return null;
  if (!wordsOf(pid, 'environ').includes(`ML_HOME=${home}`)) return null;
  return isWorker ? 'worker' : 'api';
}

/**
 * Redis overwrites its arguments and environment with its title (`valkey-server 127.0.0.1:6379`), so that its working
 * directory tells whose it is.
 */
function serviceOf(home: string, pid: number): 'redis' | 'temporal' | null {
  const [title = '', ...words] = wordsOf(pid, 'cmdline');
  if (words.includes(join(home, 'temporal', 'temporal.db'))) return 'temporal';
  const isRedis = /^(valkey|redis)-server\b/.test(basename(title));
  return isRedis && workingDirectoryOf(pid) === realPath(join(home, 'redis')) ? 'redis' : null;
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null; // there is no such folder
  }
}

function workingDirectoryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // it has ended, or is another user's
  }
}

function wordsOf(pid: number, file: 'cmdline' | 'environ'): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return []; // it has ended, or is another user's
  }
}
