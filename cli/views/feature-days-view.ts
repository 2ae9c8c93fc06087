import { findView } from '../../feature-store/definitions/index.js';
import { groupBy } from '../../learning/group-by.js';
import {
  daysOfFields,
  type DayOfField,
  type FieldDays,
  missingRateOf,
  outOfRangeOf,
} from '../../monitoring/features/rates.js';
import type { FeatureStatistics } from '../../monitoring/features/statistics-log.js';
import { formatDecimals } from '../output/format.js';
import { sparkline } from '../output/sparkline.js';
import type { CliContext } from '../program/context.js';

/** The values of one view over days, for the table of all views. */
export interface ViewDays {
  readonly missingRate: number | null;
  readonly outOfRange: number;
  /** Oldest first. */
  readonly days: readonly { readonly day: string; readonly missingRate: number | null; readonly outOfRange: number }[];
}

const keyOf = ({ view, version }: Pick<FeatureStatistics, 'view' | 'version'>): string => `${view}@${version}`;

/** By `name@version`. @param statistics - oldest first. */
export function viewDays(statistics: readonly FeatureStatistics[]): ReadonlyMap<string, ViewDays> {
  const views = [...groupBy(statistics, keyOf)].map(([key, all]): [string, ViewDays] => {
    const days = all.map((each) => ({
      day: each.day,
      missingRate: missingRateOf(each),
      outOfRange: outOfRangeOf(each),
    }));
    const { missingRate, outOfRange } = days.at(-1)!;
    return [key, { missingRate, outOfRange, days }];
  });
  return new Map(views);
}

/** A share as people read it; `–` = there is none. */
export const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

const fieldRow = ({ field, days, remark }: FieldDays): readonly string[] => {
  const { missingRate, outOfRangeRate, distinct, quantiles } = days.at(-1)!;
  const course = (pick: (day: DayOfField) => number | null): string => sparkline(days.map(pick));
  return [
    field,
    percent(missingRate),
    course((day) => day.missingRate),
    percent(outOfRangeRate),
    course((day) => day.outOfRangeRate),
    distinct.toLocaleString('en-US'),
    ...(quantiles === null
      ? ['–', '–', '–']
      : [quantiles.p5, quantiles.median, quantiles.p95].map((value) => formatDecimals(value))),
    remark ?? '',
  ];
};

const head = ['field', 'unknown', 'course', 'out of range', 'course', 'different', 'p5', 'median', 'p95', 'remark'];
const right = ['unknown', 'out of range', 'different', 'p5', 'median', 'p95'];

/**
 * Prints the fields of one view: unknown values, range, different values and quantiles of the newest day, with their
 * course. @throws PipelineError `VIEW_NOT_FOUND`.
 */
export async function showViewDays(
  cli: CliContext,
  { view: reference, source, days }: { readonly view: string; readonly source: string; readonly days: number },
): Promise<void> {
  const { name, version } = findView(reference);
  const { services } = await cli.connect();
  const all = await services.featureStatistics.list({ source, days });
  const own = all.filter((each) => each.view === name && each.version === version);
  const newest = own.at(-1);
  if (newest === undefined) {
    const message = `no statistics of ${name}@${version} in source ${source} yet; the data pipeline records them`;
    cli.out.result({ source, view: name, version, fields: [] }, () => cli.out.line(message));
    return;
  }
  const fields = daysOfFields(own);
  const { day, entities, eventTime } = newest;
  const asOf = new Date(eventTime).toISOString();
  cli.out.result({ source, view: name, version, day, entities, asOf, fields }, () => {
    const from = own[0]!.day;
    const span = from === day ? day : `${from} to ${day}`;
    cli.out.line(
      `${cli.out.paint.bold(keyOf(newest))} of source ${source}, ${span}: ${entities.toLocaleString('en-US')} entities on the last day`,
    );
    cli.out.table({ head, rows: fields.map(fieldRow), right });
  });
}
