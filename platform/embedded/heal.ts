import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../contracts/errors.js';
import type { MovedAside } from './damage.js';
import { findDamage, moveDamageAside, reportedDamage } from './damage.js';
import { postgresHolding } from './postgres/postgres.js';
import type { ProcessIdentity } from './processes/identity.js';
import { endProcess, identityOf } from './processes/identity.js';
import { lockHolder } from './processes/lock.js';
import { lockFolder, readState } from './state.js';
import { workerRoles } from './workers.js';

const STOP_WITHIN_MS = 60_000;

/**
 * Moves the damaged files of a state directory aside, after ending the platform that uses them. Nothing is deleted.
 * @returns what was moved; [] when nothing is damaged, and then nothing is ended.
 * @throws PipelineError `CONFLICT` when a process that uses the files does not end.
 */
export async function healState(home: string): Promise<readonly MovedAside[]> {
  const reported = reportedIn(home);
  if (reported === null && findDamage(home).length === 0) return [];
  const supervisor = lockHolder(lockFolder(home));
  const users = [...(supervisor === null ? [] : [supervisor]), ...leftBehind(home)];
  for (const identity of users) {
    if (!(await endProcess(identity, 'SIGTERM', STOP_WITHIN_MS)))
      throw new PipelineError('CONFLICT', `process ${identity.pid} uses files in ${home} and does not end`);
  }
  return moveDamageAside(home, reported);
}

/** The file that a service reported as damaged when the platform last failed to start; null: none. */
function reportedIn(home: string): string | null {
  try {
    const fault = readState(home)?.fault ?? null;
    return fault?.code === 'STATE_DAMAGED' ? reportedDamage(home, fault.message) : null;
  } catch {
    return null; // the state file itself is damaged
  }
}

/**
 * Workers and services of a supervisor that was killed, the workers first; found by their environment and files because
 * the record of them may be the damaged one. Linux only for all but PostgreSQL.
 */
function leftBehind(home: string): readonly ProcessIdentity[] {
  const running = process.platform === 'linux' ? readdirSync('/proc').map(Number).filter(Number.isInteger) : [];
  const others = running.filter((pid) => pid !== process.pid);
  const files = [join(home, 'redis', 'redis.conf'), join(home, 'temporal', 'temporal.db')];
  const services = others.filter((pid) => wordsOf(pid, 'cmdline').some((word) => files.includes(word)));
  const workers = others.filter((pid) => isWorkerOf(home, pid));
  const postgres = postgresHolding(join(home, 'postgres', 'data'));
  return [...workers.map(identityOf), postgres, ...services.map(identityOf)].filter((identity) => identity !== null);
}

/** `ml worker <role>` with this state directory. */
function isWorkerOf(home: string, pid: number): boolean {
  const words = wordsOf(pid, 'cmdline');
  const role = words[words.indexOf('worker') + 1] ?? '';
  const isWorker = words.includes('worker') && (workerRoles as readonly string[]).includes(role);
  return isWorker && wordsOf(pid, 'environ').includes(`ML_HOME=${home}`);
}

function wordsOf(pid: number, file: 'cmdline' | 'environ'): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return []; // it has ended, or is another user's
  }
}
