import { z } from 'zod';
import type { OnlineState, OnlineStore } from './online-store.js';
import { KEPT_SECONDS } from './retention.js';

/** Name under which the store keeps, for each view and state, what was written last; no view has a dot in its name. */
const LOG = 'materialisation.log';

const entry = z.strictObject({
  entities: z.int(),
  writtenAt: z.number(),
  wholeEventTime: z.number().optional(),
});

/** What was written last for one view or state of one source. */
export interface Materialisation {
  readonly view: string;
  readonly version: number;
  /** The moment that the values are computed as of, milliseconds. */
  readonly eventTime: number;
  /** The moment of the oldest value, when only changed entities were computed since; absent: `eventTime`. */
  readonly wholeEventTime?: number | undefined;
  readonly entities: number;
  /** When they were written, milliseconds. */
  readonly writtenAt: number;
}

/** Records a finished materialisation, unless one of a later moment is recorded. */
export async function recordMaterialisation(
  store: OnlineStore,
  source: string,
  { view, version, eventTime, wholeEventTime = eventTime, entities }: Omit<Materialisation, 'writtenAt'>,
): Promise<void> {
  const whole = wholeEventTime === eventTime ? {} : { wholeEventTime };
  const state = { entities, writtenAt: Date.now(), ...whole } satisfies z.infer<typeof entry>;
  await store.putStates(source, LOG, new Map([[view, { viewVersion: version, eventTime, state }]]), KEPT_SECONDS);
}

function read(view: string, found: OnlineState | null): Materialisation | null {
  const parsed = entry.safeParse(found?.state);
  if (found === null || !parsed.success) return null;
  return { view, version: found.viewVersion, eventTime: found.eventTime, ...parsed.data };
}

/** The last materialisations of these views and states, in their order; null = none within the time that values are kept. */
export async function findMaterialisations(
  store: OnlineStore,
  source: string,
  views: readonly string[],
): Promise<(Materialisation | null)[]> {
  const found = await store.getStates(source, LOG, views);
  return views.map((view, i) => read(view, found[i] ?? null));
}
