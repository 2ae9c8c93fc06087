import type { TrainingData } from '../../../../contracts/dataset.js';
import type { Plot } from '../../../../contracts/evaluation.js';
import { selectRows } from '../../../../learning/table.js';
import { contributionsOf, importanceOf, type Contributions } from '../../prediction/contributions.js';
import { encodeTable } from '../../../../learning/tabular/preprocessing/index.js';
import type { RecordedFacts } from '../recorded-facts.js';
import { labelsFor } from '../../prediction/feature-labels.js';
import { axis, rounded, SCHEMA } from '../../../../learning/evaluation/plots/drawing.js';

/** Held-out rows that are explained. */
const ROWS = 250;
/** Features that are shown. */
const FEATURES = 12;
/** Vertical positions over which the dots of one feature are spread, so that they do not cover each other. */
const JITTER_LEVELS = 9;

/** Marks a line break in an axis label. */
const BREAK = '|';
/** Longest line of an axis label, in characters. */
const LINE = 22;

/** Breaks a label into lines of bounded length. */
function wrapped(label: string): string {
  const lines = [''];
  for (const word of label.split(' ')) {
    const line = lines.at(-1)!;
    if (line.length + word.length < LINE) lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join(BREAK);
}

/** Share of the values below each value; NaN (unknown, or a category) gives NaN. */
function percentileRanks(values: readonly number[]): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return values.map((value) => {
    if (Number.isNaN(value) || sorted.length < 2) return NaN;
    return sorted.findIndex((other) => other >= value) / (sorted.length - 1);
  });
}

const valueName = (share: number): string => {
  if (Number.isNaN(share)) return 'other';
  if (share < 1 / 3) return 'low';
  return share < 2 / 3 ? 'middle' : 'high';
};

function dotsOf(name: string, found: Contributions, sample: TrainingData) {
  const column = sample.table.columns[name];
  const shares = percentileRanks(
    column && column.kind !== 'text' ? Array.from(column.values) : found.rows.map(() => NaN),
  );
  const position = found.features.indexOf(name);
  const { label } = labelsFor(sample.schema.table)(name);
  return found.rows.map((row, i) => ({
    feature: wrapped(label),
    contribution: rounded(row[position]!),
    value: valueName(shares[i]!),
    place: (i % JITTER_LEVELS) - (JITTER_LEVELS - 1) / 2,
  }));
}

/** Beeswarm plot of Shapley values: a dot for each held-out loan and feature, coloured by the feature's value. */
export function contributionPlot({ schema, table }: TrainingData, { trained }: RecordedFacts): Plot[] {
  if (!trained || table.rowCount === 0) return [];
  const rows = Array.from({ length: Math.min(ROWS, table.rowCount) }, (_, i) =>
    Math.floor((i * table.rowCount) / Math.min(ROWS, table.rowCount)),
  );
  const sample = { schema, table: selectRows(table, rows) };
  const found = contributionsOf(trained.trees, trained.preprocessing, encodeTable(trained.preprocessing, sample.table));
  const ranked = Object.entries(importanceOf(found)).sort((a, b) => b[1] - a[1]);
  const names = ranked.slice(0, FEATURES).map(([name]) => name);
  const labelOf = labelsFor(schema.table);
  const encoding = {
    x: axis('contribution', 'effect on the log-odds of default'),
    y: {
      field: 'feature',
      type: 'nominal',
      title: null,
      sort: names.map((name) => wrapped(labelOf(name).label)),
      axis: { labelLimit: 200, labelExpr: `split(datum.label, '${BREAK}')`, grid: true },
    },
    yOffset: { field: 'place', type: 'quantitative', scale: { domain: [-6, 6] } },
    color: {
      field: 'value',
      type: 'nominal',
      title: 'value',
      scale: {
        domain: ['low', 'middle', 'high', 'other'],
        range: ['#2c7bb6', '#b8a9c9', '#d7191c', '#999999'],
      },
    },
  };
  const values = names.flatMap((name) => dotsOf(name, found, sample));
  return [
    {
      title: 'What moves the score (SHAP)',
      caption: `The ${names.length} strongest features on ${rows.length} held-out loans: a dot right of 0 raised the risk of that loan; other = a category, or unknown.`,
      spec: {
        $schema: SCHEMA,
        width: 300,
        height: 30 * names.length,
        data: { values },
        mark: { type: 'circle', size: 14, opacity: 0.7 },
        encoding,
      },
    },
  ];
}
