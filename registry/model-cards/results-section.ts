import { type Comparison, type Metric, NOT_MEASURABLE, type PartReport } from '../../contracts/evaluation.js';
import type { Gate } from '../../contracts/model-definition.js';
import { formatMeasure, formatNumber } from '../format-number.js';
import { gatesOfLine } from '../gates.js';
import { isoDay } from '../holdout-sentence.js';
import { driftSentence, partSentences, partTitles } from '../part-sentences.js';
import type { CardInput } from './card-input.js';
import { column, measuredCell, NONE, number, percent, plain, range } from './cells.js';
import type { Block, Cell, Section } from './document.js';

type AbsoluteGate = Extract<Gate, { kind: 'absolute' }>;

/** The gate that states a target for this metric in this line. */
export const targetOf = ({ model, line }: CardInput, metric: string): AbsoluteGate | undefined =>
  gatesOfLine(model.gates, line).find(
    (gate): gate is AbsoluteGate => gate.kind === 'absolute' && gate.metric === metric,
  );

function targetText(gate: AbsoluteGate | undefined): Cell {
  const low = gate?.atLeast === undefined ? [] : [`≥ ${formatNumber(gate.atLeast)}`];
  const high = gate?.atMost === undefined ? [] : [`≤ ${formatNumber(gate.atMost)}`];
  const text = [...low, ...high].join(', ');
  return text === '' ? NONE : plain(text);
}

export const comparisonWith = (
  input: CardInput,
  against: Comparison['against'],
  metric: string,
): Comparison | undefined =>
  input.comparisons.find((comparison) => comparison.against === against && comparison.metric === metric);

/** The level once in the heading when all metrics share it. */
function intervalTitle(metrics: readonly Metric[]): string {
  const levels = new Set(metrics.flatMap(({ interval }) => (interval === undefined ? [] : [interval.level])));
  const [level] = levels;
  return levels.size === 1 && level !== undefined ? `${percent(level)} interval` : 'interval';
}

const metricRow =
  (input: CardInput) =>
  (metric: Metric): Cell[] => [
    plain(`${metric.name} ${metric.direction === 'higher' ? '↑' : '↓'}`),
    measuredCell(metric),
    metric.interval === undefined ? NONE : plain(range(metric.interval)),
    plain(String(metric.n)),
    targetText(targetOf(input, metric.name)),
    number(comparisonWith(input, 'baseline', metric.name)?.other),
    number(comparisonWith(input, 'champion', metric.name)?.other),
  ];

function verdictOf({ interval: { low, high } }: Comparison): Cell {
  if (low > 0) return { text: 'better', tone: 'good' };
  return high < 0 ? { text: 'worse', tone: 'bad' } : { text: 'no difference beyond noise', tone: 'muted' };
}

const comparisonRow =
  (input: CardInput) =>
  (comparison: Comparison): Cell[] => [
    plain(
      comparison.against === 'baseline'
        ? `baseline (${input.baselineName})`
        : `champion ${input.championVersion ?? ''}`.trim(),
    ),
    plain(comparison.metric),
    number(comparison.difference),
    plain(`${range(comparison.interval)} (${percent(comparison.interval.level)})`),
    plain(String(comparison.n)),
    verdictOf(comparison),
  ];

const partTitle = ({ part }: PartReport, { windowStart = null }: CardInput): string =>
  part === 'window' && windowStart !== null ? `${partTitles.window} (from ${isoDay(windowStart)})` : partTitles[part];

const partRow =
  (input: CardInput) =>
  (report: PartReport): Cell[] => {
    const { rows, metric, remark, comparison } = report;
    const measured =
      metric === null
        ? { text: `${NOT_MEASURABLE}: ${remark ?? ''}`, tone: 'muted' as const }
        : number(metric.value ?? undefined);
    const against =
      comparison === null ? NONE : plain(`${formatMeasure(comparison.difference)} (${range(comparison.interval)})`);
    const interval = metric?.interval === undefined ? NONE : plain(range(metric.interval));
    const title = plain(partTitle(report, input));
    return [title, plain(String(rows)), measured, interval, plain(String(metric?.n ?? 0)), against];
  };

/** The primary metric on the rows that no version learned, and on the newest ones. */
function partsBlocks(input: CardInput): Block[] {
  const { parts = [], drift = null, model } = input;
  if (parts.length === 0) return [];
  const titles = [
    column('rows'),
    column(model.primaryMetric),
    column('interval'),
    column('n'),
    column('against champion'),
  ];
  const drifted: Block[] = drift === null ? [] : [{ kind: 'points', items: [driftSentence(drift)] }];
  return [
    { kind: 'subheading', text: 'Each part of the holdout by itself' },
    { kind: 'table', columns: [column('part', false), ...titles], rows: parts.map(partRow(input)) },
    ...drifted,
  ];
}

/** What a reader must know of the numbers, without the sentences that stand in the table of the parts. */
function readingNotes(input: CardInput): string[] {
  const { metrics, notes } = input.evaluation;
  const { parts = [], drift = null, windowStart = null } = input;
  const methods = [...new Set(metrics.flatMap(({ interval }) => (interval === undefined ? [] : [interval.method])))];
  const ofParts = new Set(partSentences(parts, { drift, windowStart }));
  return [
    `↑ higher is better, ↓ lower is better. Baseline: ${input.baselineName}. Champion: ${input.championVersion ?? 'none yet'}.`,
    ...(methods.length === 0 ? [] : [`Intervals: ${methods.join(', ')}.`]),
    ...metrics.flatMap(({ name, value, remark }) =>
      remark === undefined ? [] : [`${name}: ${value === null ? `${NOT_MEASURABLE}, ` : ''}${remark}.`],
    ),
    ...notes.filter((note) => !ofParts.has(note)),
  ];
}

function comparisonBlocks(input: CardInput): Block[] {
  if (input.comparisons.length === 0) return [];
  const compared = [column('compared with', false), column('metric', false), column('difference'), column('interval')];
  const columns = [...compared, column('n'), column('verdict', false)];
  return [
    { kind: 'subheading', text: 'Paired differences on the same rows (positive = this model is better)' },
    { kind: 'table', columns, rows: input.comparisons.map(comparisonRow(input)) },
  ];
}

/** Metrics with intervals, targets and comparisons, then each part of the holdout. */
export function resultsSection(input: CardInput): Section {
  const { metrics } = input.evaluation;
  const titles = [column('value'), column(intervalTitle(metrics)), column('n'), column('target')];
  const columns = [column('metric', false), ...titles, column('baseline'), column('champion')];
  return {
    id: 'results',
    title: 'Results on the holdout',
    blocks: [
      { kind: 'table', columns, rows: metrics.map(metricRow(input)) },
      { kind: 'points', items: readingNotes(input) },
      ...comparisonBlocks(input),
      ...partsBlocks(input),
    ],
  };
}
