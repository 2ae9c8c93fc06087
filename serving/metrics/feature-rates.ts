import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.js';
import type { FeatureStatisticsLog } from '../../monitoring/features/statistics-log.js';
import { sleep } from '../../platform/sleep.js';

/** Share of unknown values of one feature in its last materialisation. */
export interface FeatureRate {
  readonly view: string;
  readonly feature: string;
  readonly missing: number;
}

/** Rates as last read, so that nobody who asks for metrics waits for a database. */
export interface FeatureRates {
  rates(): readonly FeatureRate[];
  /** Reads them once; a fault leaves them as they are. */
  look(): Promise<void>;
  /** Reads them again and again until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
}

/** They change with a materialisation, at most a few times a day. */
const EVERY_MS = 60_000;

/** @param parts.findSource - the source in use; null: none. */
export function followFeatureRates(parts: {
  readonly statistics: Pick<FeatureStatisticsLog, 'list'>;
  readonly findSource: () => Promise<string | null>;
  readonly logger: Pick<Logger, 'warn'>;
}): FeatureRates {
  let latest: readonly FeatureRate[] = [];
  async function look(): Promise<void> {
    try {
      const source = await parts.findSource();
      latest = source === null ? [] : await read(parts.statistics, source);
    } catch (fault) {
      parts.logger.warn({ err: messageOf(fault) }, 'statistics of features could not be read');
    }
  }
  return {
    rates: () => latest,
    look,
    async follow(signal) {
      await look();
      while (await sleep(EVERY_MS, signal)) await look();
    },
  };
}

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
