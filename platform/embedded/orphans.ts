import { postgresHolding } from './postgres/postgres.js';
import { endGroup, isRunning } from './processes/identity.js';
import type { PlatformPart, PlatformState } from './state.js';

const GRACE_MS = 15_000;

/** Recorded parts whose process still runs, workers first. */
export const livingParts = (state: PlatformState | null): readonly PlatformPart[] =>
  (state?.parts ?? [])
    .filter(({ process: identity }) => identity !== null && isRunning(identity))
    .sort((a, b) => rank(a) - rank(b));

const rank = ({ name }: PlatformPart): number => (name.startsWith('worker-') ? 0 : 1);

/**
 * Ends services and workers of a killed supervisor, which continue without it: two PostgreSQL servers must never use
 * the same data directory. Processes are identified by pid and start time.
 * @returns Names of the parts that could not be ended.
 */
export async function endOrphans(
  state: PlatformState | null,
  onProgress: (line: string) => void,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { name, process: identity, stopSignal } of livingParts(state)) {
    if (identity === null) continue;
    onProgress(`ending ${name} (pid ${identity.pid}), left behind by a supervisor that was killed`);
    if (!(await endGroup(identity, (stopSignal ?? 'SIGTERM') as NodeJS.Signals, GRACE_MS))) left.push(name);
  }
  const holder = postgresHolding(state?.postgresData ?? null);
  if (holder !== null && !(await endGroup(holder, 'SIGINT', GRACE_MS))) left.push('postgres');
  return left;
}
