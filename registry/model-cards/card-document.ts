import {
  type Comparison,
  type Interval,
  type Metric,
  NOT_MEASURABLE,
  type PartReport,
  type Slice,
} from '../../contracts/evaluation.js';
import { isSynthetic, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import type { Gate } from '../../contracts/model-definition.js';
import { formatMeasure, formatNumber } from '../format-number.js';
import { gatesOfLine } from '../gates.js';
import { holdoutSentence } from '../holdout-sentence.js';
import type { CardInput } from './card-input.js';
import type { Block, CardDocument, Cell, Headline, Section, TableColumn, Tone } from './document.js';

const NONE: Cell = { text: '–', tone: 'muted' };
const plain = (text: string): Cell => ({ text });
const code = (text: string): Cell => ({ text, code: true });
const number = (value: number | undefined): Cell => (value === undefined ? NONE : plain(formatMeasure(value)));
/** A value of a metric; `digits` as for `formatMeasure`. */
const measuredCell = ({ value }: Metric, digits = 4): Cell =>
  value === null ? { text: NOT_MEASURABLE, tone: 'muted' } : plain(formatMeasure(value, digits));
const column = (title: string, numeric = true): TableColumn => ({ title, numeric });
const range = ({ low, high }: Pick<Interval, 'low' | 'high'>, digits = 4): string =>
  `${formatMeasure(low, digits)} to ${formatMeasure(high, digits)}`;
const percent = (share: number): string => `${formatNumber(share * 100)} %`;

type AbsoluteGate = Extract<Gate, { kind: 'absolute' }>;

const targetOf = ({ model, line }: CardInput, metric: string): AbsoluteGate | undefined =>
  gatesOfLine(model.gates, line).find(
    (gate): gate is AbsoluteGate => gate.kind === 'absolute' && gate.metric === metric,
  );

function targetText(gate: AbsoluteGate | undefined): Cell {
  const low = gate?.atLeast === undefined ? [] : [`≥ ${formatNumber(gate.atLeast)}`];
  const high = gate?.atMost === undefined ? [] : [`≤ ${formatNumber(gate.atMost)}`];
  const text = [...low, ...high].join(', ');
  return text === '' ? NONE : plain(text);
}

const comparisonWith = (input: CardInput, against: Comparison['against'], metric: string): Comparison | undefined =>
  input.comparisons.find((comparison) => comparison.against === against && comparison.metric === metric);

function headlineOf(input: CardInput): Headline | null {
  const metric = input.evaluation.metrics.find(({ name }) => name === input.model.primaryMetric);
  if (metric === undefined) return null;
  const target = targetOf(input, metric.name);
  const marks: Headline['marks'] = [
    { name: 'target' as const, value: target?.atLeast ?? target?.atMost },
    { name: 'baseline' as const, value: comparisonWith(input, 'baseline', metric.name)?.other },
    { name: 'champion' as const, value: comparisonWith(input, 'champion', metric.name)?.other },
  ].flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
  const { name, direction, value, n, interval = null, remark = null } = metric;
  return { metric: name, direction, value, n, interval, remark, marks };
}

function purposeSection({ model: { card } }: CardInput): Section {
  const listed = (title: string, items: readonly string[]): Block[] =>
    items.length === 0
      ? []
      : [
          { kind: 'subheading', text: title },
          { kind: 'list', items },
        ];
  return {
    id: 'purpose',
    title: 'Purpose and limits',
    blocks: [
      { kind: 'prose', markdown: card.purpose },
      { kind: 'subheading', text: 'Intended users' },
      { kind: 'prose', markdown: card.intendedUsers },
      ...listed('Out of scope', card.outOfScope),
      ...listed('Known limits', card.limits),
      ...listed('Ethics', card.ethics),
    ],
  };
}

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

const partTitles = { frozen: 'frozen part', window: 'newest window' } as const;

function partRow({ part, rows, metric, remark, comparison }: PartReport): Cell[] {
  const interval = metric?.interval === undefined ? NONE : plain(range(metric.interval));
  const measured =
    metric === null
      ? { text: `${NOT_MEASURABLE}: ${remark ?? ''}`, tone: 'muted' as const }
      : number(metric.value ?? undefined);
  const against =
    comparison === null ? NONE : plain(`${formatMeasure(comparison.difference)} (${range(comparison.interval)})`);
  return [plain(partTitles[part]), plain(String(rows)), measured, interval, plain(String(metric?.n ?? 0)), against];
}

/** The primary metric on the rows that no version learned, and on the newest ones. */
function partsBlocks({ parts = [], model: { primaryMetric } }: CardInput): Block[] {
  if (parts.length === 0) return [];
  const titles = [column('rows'), column(primaryMetric), column('interval'), column('n'), column('against champion')];
  return [
    { kind: 'subheading', text: 'Each part of the holdout by itself' },
    { kind: 'table', columns: [column('part', false), ...titles], rows: parts.map(partRow) },
  ];
}

function resultsSection(input: CardInput): Section {
  const { metrics, notes } = input.evaluation;
  const titles = [column('value'), column(intervalTitle(metrics)), column('n'), column('target')];
  const columns = [column('metric', false), ...titles, column('baseline'), column('champion')];
  const compared = [column('compared with', false), column('metric', false), column('difference'), column('interval')];
  const champion = input.championVersion ?? 'none yet';
  const methods = [...new Set(metrics.flatMap(({ interval }) => (interval === undefined ? [] : [interval.method])))];
  const reading = [
    `↑ higher is better, ↓ lower is better. Baseline: ${input.baselineName}. Champion: ${champion}.`,
    ...(methods.length === 0 ? [] : [`Intervals: ${methods.join(', ')}.`]),
    ...metrics.flatMap(({ name, value, remark }) =>
      remark === undefined ? [] : [`${name}: ${value === null ? NOT_MEASURABLE : 'no interval'}, ${remark}.`],
    ),
  ];
  const differences: Block[] =
    input.comparisons.length === 0
      ? []
      : [
          { kind: 'subheading', text: 'Paired differences on the same rows (positive = this model is better)' },
          {
            kind: 'table',
            columns: [...compared, column('n'), column('verdict', false)],
            rows: input.comparisons.map(comparisonRow(input)),
          },
        ];
  return {
    id: 'results',
    title: 'Results on the holdout',
    blocks: [
      { kind: 'table', columns, rows: metrics.map(metricRow(input)) },
      { kind: 'points', items: [...reading, ...notes] },
      ...differences,
      ...partsBlocks(input),
    ],
  };
}

function gatesSection({ gates }: CardInput): Section {
  const passedCell = (passed: boolean): Cell =>
    passed ? { text: '✓ passed', tone: 'good' } : { text: '✗ failed', tone: 'bad' };
  const rows = gates.map(({ gate, passed, finding }) => [plain(gate), passedCell(passed), plain(finding)]);
  const columns = [column('gate', false), column('result', false), column('finding', false)];
  const none: Block = { kind: 'points', items: ['This model has no gates for this line.'] };
  return { id: 'gates', title: 'Gates', blocks: [rows.length === 0 ? none : { kind: 'table', columns, rows }] };
}

function sliceRow(slice: Slice, names: readonly string[]): Cell[] {
  const cells = names.map((name) => {
    const metric = slice.metrics.find((candidate) => candidate.name === name);
    if (metric === undefined) return NONE;
    const interval = metric.interval === undefined ? '' : ` (${range(metric.interval, 3)})`;
    const cell = measuredCell(metric, 3);
    return { ...cell, text: cell.text + interval };
  });
  const counts = [...new Set(slice.metrics.map(({ n }) => n))];
  return [plain(slice.name), plain(counts.join(' / ') || '–'), ...cells];
}

function slicesSection({ evaluation: { slices } }: CardInput): Section[] {
  if (slices.length === 0) return [];
  const names = [...new Set(slices.flatMap(({ metrics }) => metrics.map(({ name }) => name)))];
  const columns = [column('slice', false), column('n'), ...names.map((name) => column(name))];
  const rows = slices.map((slice) => sliceRow(slice, names));
  return [{ id: 'slices', title: 'Slices', blocks: [{ kind: 'table', columns, rows }] }];
}

const plotsSection = ({ evaluation: { plots } }: CardInput): Section[] =>
  plots.length === 0 ? [] : [{ id: 'plots', title: 'Plots', blocks: [{ kind: 'plots', plots }] }];

function dataSection({ dataset, holdout, trainedRows, holdoutRows, line }: CardInput): Section {
  const { origin } = dataset;
  const source = origin.kind === 'snapshot' ? `source ${origin.source}` : `file ${origin.fileName} (${origin.format})`;
  const originHash = origin.kind === 'snapshot' ? origin.snapshotHash : origin.fileHash;
  const rows = [
    { label: 'Origin', value: plain(source) },
    { label: origin.kind === 'snapshot' ? 'Snapshot' : 'File', value: code(originHash) },
    { label: 'Dataset', value: code(dataset.hash) },
    { label: 'Line', value: plain(line) },
    { label: 'Rows', value: plain(`${dataset.rows}: ${trainedRows} trained on, ${holdoutRows} held out`) },
    { label: 'Holdout', value: plain(holdoutSentence(holdout)) },
  ];
  const notes: Block[] = dataset.notes.length === 0 ? [] : [{ kind: 'points', items: dataset.notes }];
  return { id: 'data', title: 'Data', blocks: [{ kind: 'facts', rows }, ...notes] };
}

function paramsSection({ params }: CardInput): Section {
  const rows = Object.entries(params)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ label: name, value: code(JSON.stringify(value)) }));
  const none: Block = { kind: 'points', items: ['This model has no parameters.'] };
  return { id: 'parameters', title: 'Parameters', blocks: [rows.length === 0 ? none : { kind: 'facts', rows }] };
}

function reproducibilitySection({ run, model }: CardInput): Section {
  const facts: readonly (readonly [string, string])[] = [
    ['Workflow', run.workflowId],
    ['Run', run.runKey],
    ['Started', run.startedAt.toISOString()],
    ['Seed', String(run.seed)],
    ['Code', run.codeVersion],
    ['Definition version', String(model.definitionVersion)],
    ['Artefact', run.artefactHash],
    ['Signature', run.signatureHash],
    ['Definition', run.definitionHash],
    ['Evaluation', run.evaluationHash],
  ];
  const rows = facts.map(([label, text]) => ({ label, value: code(text) }));
  return { id: 'reproducibility', title: 'Reproducibility', blocks: [{ kind: 'facts', rows }] };
}

const decisionTones: Readonly<Record<CardInput['decision'], Tone>> = {
  registered: 'good',
  rejected: 'bad',
  unchanged: 'muted',
  skipped: 'muted',
};

function badgesOf({ version, stage, line, decision }: CardInput): Cell[] {
  return [
    { text: decision, tone: decisionTones[decision] },
    ...(version === null ? [] : [plain(`version ${version}`)]),
    ...(stage === null ? [] : [plain(`stage ${stage}`)]),
    plain(`line ${line}`),
  ];
}

/** Above everything else on a card of the generated backend. */
const SYNTHETIC_BANNER = `${SYNTHETIC_REMARK}. This version learned from customers of the generator and was judged on them; its scores say nothing about real customers.`;

/** All sections of a card, in reading order: results, gates, purpose, training. */
export function cardDocument(input: CardInput): CardDocument {
  const { model, run } = input;
  return {
    title: model.name,
    subtitle: `${model.task} · owned by ${model.owner} · ${run.startedAt.toISOString().slice(0, 10)}`,
    banner: isSynthetic(input.line) ? SYNTHETIC_BANNER : null,
    badges: badgesOf(input),
    reasons: input.reasons,
    headline: headlineOf(input),
    sections: [
      resultsSection(input),
      gatesSection(input),
      ...plotsSection(input),
      ...slicesSection(input),
      purposeSection(input),
      dataSection(input),
      paramsSection(input),
      reproducibilitySection(input),
    ],
  };
}
