/** The UTC date in an id, the same in all time zones. */
const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/**
 * Candidate ids of a run that is started by a command, in order of preference.
 * @example runIds('retraining', now) // 'retraining-2026-11-23', 'retraining-2026-11-23-2', …
 */
export function* runIds(what: string, now: Date): Generator<string, never> {
  const base = `${what}-${dayOf(now)}`;
  yield base;
  for (let count = 2; ; count++) yield `${base}-${count}`;
}
