import type { Expectation, TrainingData } from '../../../contracts/dataset.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { numberColumn, textColumn } from '../../../learning/table.js';
import { columnNames } from './columns.js';

/** A larger share of misuse indicates a coding error; */
const HIGHEST_MISUSE_SHARE = 0.2;
/** of a table, that the label is the wrong way round. */
const HIGHEST_ANOMALY_SHARE = 0.5;
/** Windows over a customer's past need more than one row a customer. */
const FEWEST_ROWS_A_CUSTOMER = 2;

const plausibleMisuse: Expectation = {
  name: 'plausible share of misuse',
  check({ schema, table }: TrainingData) {
    const known = numberColumn(table, schema.label).filter((label) => !Number.isNaN(label));
    if (known.length === 0) return null;
    const share = mean(known);
    const most = schema.table === undefined ? HIGHEST_MISUSE_SHARE : HIGHEST_ANOMALY_SHARE;
    if (share <= most) return null;
    return `found ${(100 * share).toFixed(1)} % misuse, wanted at most ${100 * most} %`;
  },
};

const customersComeBack: Expectation = {
  name: 'customers have more than one transaction',
  check({ schema, table }: TrainingData) {
    if (schema.table !== undefined) return null;
    const customers = new Set(textColumn(table, columnNames.customer)).size;
    if (table.rowCount >= FEWEST_ROWS_A_CUSTOMER * customers) return null;
    return `found ${customers} customers in ${table.rowCount} transactions: a key of the row stands where the customer's belongs`;
  },
};

const amountsDiffer: Expectation = {
  name: 'amounts differ',
  check({ schema, table }: TrainingData) {
    if (schema.table !== undefined) return null;
    const amounts = numberColumn(table, 'amount');
    return amounts.every((amount) => amount === amounts[0]) ? 'all amounts are the same' : null;
  },
};

/** The model's own checks of a training table, beside the column specs of its schema. */
export const expectations: readonly Expectation[] = [plausibleMisuse, customersComeBack, amountsDiffer];
