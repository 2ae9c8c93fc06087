import type { TrainingData } from '../../../contracts/dataset.js';
import type { Column, Table } from '../../../contracts/table.js';
import { createRandom, type Random } from '../../../learning/numeric/random/index.js';

/** Numbers are drawn from the range of the column, so much wider. */
const WIDENED = 0.1;

function drawNumber(values: ArrayLike<number>): (random: Random) => number {
  let [low, high] = [Infinity, -Infinity];
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) continue;
    low = Math.min(low, values[row]!);
    high = Math.max(high, values[row]!);
  }
  if (low > high) return () => Number.NaN;
  const room = WIDENED * (high - low);
  return (random) => low - room + (high - low + 2 * room) * random.uniform();
}

/** A copy of a column with drawn values in some rows: a number anywhere in the range, any word as likely as another. */
function altered(column: Column, rows: readonly number[], random: Random): Column {
  if (column.kind === 'text') {
    const words = [...new Set(column.values)];
    const values = [...column.values];
    for (const row of rows) values[row] = words[random.integer(words.length)]!;
    return { kind: 'text', values };
  }
  const draw = drawNumber(column.values);
  const values = column.values.slice();
  for (const row of rows) values[row] = draw(random);
  return { ...column, values };
}

/**
 * Rows whose features are drawn each by itself: what is unusual then is how they stand together, and how far out.
 * "Global anomalies" of ADBench (Han et al. 2022).
 */
export function alterTableRows(
  { schema, table }: TrainingData,
  rows: readonly number[],
  seed: number,
): Table['columns'] {
  const random = createRandom(seed);
  const columns = schema.features.map(({ name }) => [name, altered(table.columns[name]!, rows, random)] as const);
  return Object.fromEntries(columns);
}
