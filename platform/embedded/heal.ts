import { PipelineError } from '../../contracts/errors.js';
import type { Damage, MovedAside } from './damage.js';
import { damageNamedBy, findDamage, moveDamageAside } from './damage.js';
import type { LeftBehind } from './left-behind.js';
import { findLeftBehind } from './left-behind.js';
import type { ProcessIdentity } from './processes/identity.js';
import { endGroup, endProcess } from './processes/identity.js';
import { lockHolder } from './processes/lock.js';
import { lockFolder, readState } from './state.js';

const STOP_WITHIN_MS = 60_000;

/**
 * Moves the damaged files of a state directory aside, after ending the platform that uses them. Nothing is deleted.
 * @returns what was moved; [] when nothing is damaged, and then nothing is ended.
 * @throws PipelineError `CONFLICT` when a process that uses the files does not end.
 */
export async function healState(home: string): Promise<readonly MovedAside[]> {
  // A server that ends writes its files again, and one that was damaged may then look sound although rows are missing.
  const before = [...reportedIn(home), ...findDamage(home)];
  if (before.length === 0) return [];
  const supervisor = lockHolder(lockFolder(home));
  if (supervisor !== null && !(await endProcess(supervisor, 'SIGTERM', STOP_WITHIN_MS)))
    throw stillRuns(home, supervisor);
  const left = findLeftBehind(home);
  const services = left.filter((process) => !isWorker(process));
  await endAll(home, left.filter(isWorker)); // before the services, which they use
  await endAll(home, services);
  return moveDamageAside(home, [...before, ...findDamage(home)]);
}

/** What a service reported as damaged when the platform last failed to start. */
function reportedIn(home: string): readonly Damage[] {
  try {
    const fault = readState(home)?.fault ?? null;
    return fault?.code === 'STATE_DAMAGED' ? damageNamedBy(home, fault.message) : [];
  } catch {
    return []; // the state file itself is damaged
  }
}

const isWorker = ({ name }: LeftBehind): boolean => name === 'worker';

async function endAll(home: string, left: readonly LeftBehind[]): Promise<void> {
  const end = async ({ identity, stopSignal }: LeftBehind): Promise<void> => {
    if (!(await endGroup(identity, stopSignal, STOP_WITHIN_MS))) throw stillRuns(home, identity);
  };
  await Promise.all(left.map(end));
}

const stillRuns = (home: string, { pid }: ProcessIdentity): PipelineError =>
  new PipelineError('CONFLICT', `process ${pid} uses files in ${home} and does not end`);
