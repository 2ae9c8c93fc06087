import type { Logger } from 'pino';
import type { Freshness } from '../../feature-store/online/freshness.js';
import { type FollowedValue, followValue } from '../follow-value.js';

/** How old what is stored of a feature view or state is. Moments in ISO 8601. */
export interface ViewHealth extends Pick<Freshness, 'kind' | 'name' | 'version'> {
  /** `stale` by event time; `other version`: not of the running code; `missing`: nothing is stored. */
  readonly status: Freshness['state'];
  /** The moment that the newest values are computed as of; null: nothing is stored. */
  readonly asOf: string | null;
  /** The moment of the oldest value, when only changed customers were computed since; by it a view is stale. */
  readonly oldestAsOf: string | null;
}

const iso = (moment: number): string => new Date(moment).toISOString();

function healthOf({ kind, name, version, state: status, written }: Freshness): ViewHealth {
  const named = { kind, name, version, status };
  if (written === null) return { ...named, asOf: null, oldestAsOf: null };
  const { eventTime, wholeEventTime = eventTime } = written;
  return { ...named, asOf: iso(eventTime), oldestAsOf: iso(wholeEventTime) };
}

/** @param parts.read - freshness of the source in use. */
export const followFreshness = ({
  read,
  logger,
}: {
  readonly read: () => Promise<readonly Freshness[]>;
  readonly logger: Pick<Logger, 'warn'>;
}): FollowedValue<readonly ViewHealth[]> =>
  followValue<readonly ViewHealth[]>({
    ...{ what: 'freshness of features', initial: [], logger },
    read: async () => (await read()).map(healthOf),
  });
