import type { Logger } from 'pino';
import type { FeatureStatisticsLog } from '../../monitoring/features/statistics-log.js';
import { type FollowedValue, followValue } from '../follow-value.js';

/** Share of unknown values of one feature in its last materialisation. */
export interface FeatureRate {
  readonly view: string;
  readonly feature: string;
  readonly missing: number;
}

/** @param parts.findSource - the source in use; null: none. */
export const followFeatureRates = ({
  statistics,
  findSource,
  logger,
}: {
  readonly statistics: Pick<FeatureStatisticsLog, 'list'>;
  readonly findSource: () => Promise<string | null>;
  readonly logger: Pick<Logger, 'warn'>;
}): FollowedValue<readonly FeatureRate[]> =>
  followValue<readonly FeatureRate[]>({
    ...{ what: 'statistics of features', initial: [], logger },
    async read() {
      const source = await findSource();
      return source === null ? [] : read(statistics, source);
    },
  });

/** Of each view the newest version that was written on the newest day; a label for each version would add up. */
async function read(statistics: Pick<FeatureStatisticsLog, 'list'>, source: string): Promise<FeatureRate[]> {
  const newest = new Map((await statistics.list({ source, days: 1 })).map((each) => [each.view, each])); // by version
  return [...newest.values()].flatMap(({ view, entities, fields }) =>
    Object.entries(fields).map(([feature, { missing }]) => ({
      ...{ view, feature },
      missing: entities === 0 ? 0 : missing / entities,
    })),
  );
}
