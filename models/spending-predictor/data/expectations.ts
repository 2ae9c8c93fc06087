import type { Expectation, TrainingData } from '../../../contracts/dataset.js';
import { DAY_MS } from '../../../learning/time-series/calendar/index.js';
import { numberColumn, textColumn, timestampColumn } from '../../../learning/table.js';
import { columnNames } from './columns.js';

const LEAST_SHARE_OUT = 0.05;
const FEWEST_DAYS = 60;
const LARGEST_UNKNOWN_SHARE = 0.6;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** With reversed signs every payment would be income. */
const moneyGoesOut: Expectation = {
  name: 'money goes out',
  check({ table }: TrainingData) {
    const amounts = numberColumn(table, columnNames.amount);
    const share = amounts.filter((amount) => amount < 0).length / Math.max(1, amounts.length);
    if (amounts.length === 0 || share >= LEAST_SHARE_OUT) return null;
    return `${percent(share)} of the rows are money out (negative), wanted at least ${percent(LEAST_SHARE_OUT)}`;
  },
};

const coversMonths: Expectation = {
  name: 'covers some months',
  check({ table }: TrainingData) {
    let [first, last] = [Infinity, -Infinity];
    for (const time of timestampColumn(table, columnNames.time)) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
    const days = Math.round((last - first) / DAY_MS);
    if (table.rowCount === 0 || days >= FEWEST_DAYS) return null;
    return `the rows span ${days} days, wanted at least ${FEWEST_DAYS}`;
  },
};

/** Without categories there is only one series for each customer, which is rarely intended. */
const mostHaveCategories: Expectation = {
  name: 'most payments have a category',
  check({ table }: TrainingData) {
    const categories = textColumn(table, columnNames.category);
    const loans = numberColumn(table, columnNames.instalments);
    const payments = categories.filter((_, row) => Number.isNaN(loans[row]!));
    const unknown = payments.filter((category) => category === null).length / Math.max(1, payments.length);
    // A file may be without the column: then all values are empty and everything is one category.
    if (unknown <= LARGEST_UNKNOWN_SHARE || unknown === 1) return null;
    return `${percent(unknown)} of the payments have no category, wanted at most ${percent(LARGEST_UNKNOWN_SHARE)}`;
  },
};

/** The model's checks of a training table, in addition to the column specs of its schema. */
export const expectations: readonly Expectation[] = [moneyGoesOut, coversMonths, mostHaveCategories];
