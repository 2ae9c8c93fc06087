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
  const users = [...(supervisor === null ? [] : [supervisor]), ...servicesOf(home)];
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
 * Services of a supervisor that was killed, found by their files because the record of them may be the damaged one.
 * Linux only for Redis and Temporal.
 */
function servicesOf(home: string): readonly ProcessIdentity[] {
  const postgres = postgresHolding(join(home, 'postgres', 'data'));
  const files = [join(home, 'redis', 'redis.conf'), join(home, 'temporal', 'temporal.db')];
  const named = process.platform === 'linux' ? readdirSync('/proc').map(Number).filter(Number.isInteger) : [];
  const others = named.filter((pid) => pid !== process.pid && argumentsOf(pid).some((word) => files.includes(word)));
  return [postgres, ...others.map(identityOf)].filter((identity) => identity !== null);
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has ended
  }
}
