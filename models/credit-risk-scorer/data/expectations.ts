import type { Expectation, TrainingData } from '../../../contracts/dataset.js';
import { numberColumn } from '../../../learning/table.js';
import { plausibleLabelShare } from '../../../learning/tabular/label-share.js';
import { declinedRows } from './training-set.js';

/** If a larger share of the features has no value at all, the join or the export is broken. */
const LARGEST_EMPTY_SHARE = 0.5;

const labels = ({ schema, table }: TrainingData): Float64Array => numberColumn(table, schema.label);

function isEmpty(data: TrainingData, feature: string): boolean {
  const column = data.table.columns[feature];
  if (!column) return true;
  if (column.kind === 'text') return column.values.every((value) => value === null);
  return column.values.every((value) => Number.isNaN(value));
}

/** Labels are 0 or 1 in every format; only a declined application has none. */
const labelsAreBinary: Expectation = {
  name: 'labels are 0 or 1',
  check(data) {
    const declined = declinedRows(data);
    const isInvalid = (label: number, i: number): boolean =>
      Number.isNaN(label) ? declined[i] === 0 : label !== 0 && label !== 1;
    const all = labels(data);
    const missing = all.filter((label, i) => Number.isNaN(label) && isInvalid(label, i)).length;
    if (missing > 0) return `${missing} of ${all.length} rows have no label, wanted one in each that is not declined`;
    const others = all.filter(isInvalid).length;
    if (others === 0) return null;
    const first = all.findIndex(isInvalid) + 1;
    return `${others} of ${all.length} rows have a label that is neither 0 nor 1, first in row ${first}`;
  },
};

/** Outside this range a coding error is more likely than a real loan portfolio. */
const badRate = plausibleLabelShare({
  name: 'plausible share of bad loans',
  positives: 'bad loans',
  atLeast: 0.005,
  atMost: 0.6,
});

/** Of a table of any layout the schema says which outcome counts as 1, and it may be the usual one. */
const plausibleBadRate: Expectation = {
  name: badRate.name,
  check: (data) => (data.schema.table === undefined ? badRate.check(data) : null),
};

const mostFeaturesHaveValues: Expectation = {
  name: 'most features have values',
  check(data) {
    const { features } = data.schema;
    const empty = features.filter(({ name }) => isEmpty(data, name)).map(({ name }) => name);
    if (empty.length <= LARGEST_EMPTY_SHARE * features.length) return null;
    return `${empty.length} of ${features.length} features hold no value at all: ${empty.slice(0, 8).join(', ')}`;
  },
};

/** The model's own checks of a training table, beside the column specs of its schema. */
export const expectations: readonly Expectation[] = [labelsAreBinary, plausibleBadRate, mostFeaturesHaveValues];
