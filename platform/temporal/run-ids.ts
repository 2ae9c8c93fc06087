/** The day in an id, UTC, so that two people in two time zones see the same id. */
const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/**
 * The ids that a run started by a person may have, first to last.
 * @example runIds('retraining', now) // 'retraining-2026-11-23', 'retraining-2026-11-23-2', …
 */
export function* runIds(what: string, now: Date): Generator<string, never> {
  const base = `${what}-${dayOf(now)}`;
  yield base;
  for (let count = 2; ; count++) yield `${base}-${count}`;
}
