import { type Comparison, type Metric, NOT_MEASURABLE } from '../../contracts/evaluation.js';
import type { RunRecord } from '../../contracts/registry.js';
import { formatMeasure } from '../format-number.js';
import { column, NONE, percent, plain, range } from '../model-cards/cells.js';
import type { Block, Cell, Headline, Section, Tone } from '../model-cards/document.js';
import type { ModelFacts, ReportFacts } from './report-facts.js';

const statusTones: Readonly<Partial<Record<RunRecord['status'], Tone>>> = {
  registered: 'good',
  rejected: 'bad',
  failed: 'bad',
};

/** How a model's run ended, in its colour. */
export function statusCell({ run, failure }: ModelFacts): Cell {
  if (run === null)
    return { text: failure === null ? 'not started' : 'failed', tone: failure === null ? 'muted' : 'bad' };
  return { text: run.status, tone: statusTones[run.status] ?? 'muted' };
}

const primaryOf = ({ run }: ModelFacts): Metric | undefined => run?.metrics[0];

const comparisonWith = ({ run }: ModelFacts, against: Comparison['against']): Comparison | undefined =>
  run?.comparisons.find((comparison) => comparison.against === against);

/** `0.8421 (0.8082 to 0.8761)`. */
export function estimateText({ value, interval }: Metric): string {
  if (value === null) return NOT_MEASURABLE;
  return interval === undefined ? formatMeasure(value) : `${formatMeasure(value)} (${range(interval)})`;
}

function championCell(model: ModelFacts): Cell {
  const found = comparisonWith(model, 'champion');
  if (found === undefined) return NONE;
  const version = model.championVersion === null ? '' : ` (${model.championVersion})`;
  return plain(`${formatMeasure(found.other)}${version}`);
}

/** The card of a run, by its hash; a copy in a folder names the file instead. */
const modelCell = ({ modelName, run }: ModelFacts): Cell => ({
  text: modelName,
  ...(run !== null && run.cardHash !== null && { href: run.cardHash }),
});

function modelRow(model: ModelFacts): Cell[] {
  const primary = primaryOf(model);
  const baseline = comparisonWith(model, 'baseline');
  return [
    modelCell(model),
    statusCell(model),
    model.run?.version ? plain(model.run.version) : NONE,
    primary === undefined ? NONE : plain(`${primary.name} ${primary.direction === 'higher' ? '↑' : '↓'}`),
    primary === undefined ? NONE : plain(estimateText(primary)),
    model.target === null ? NONE : plain(model.target.text),
    baseline === undefined ? NONE : plain(formatMeasure(baseline.other)),
    championCell(model),
  ];
}

function verdictOf({ interval: { low, high } }: Comparison): Cell {
  if (low > 0) return { text: 'better', tone: 'good' };
  return high < 0 ? { text: 'worse', tone: 'bad' } : { text: 'no difference beyond noise', tone: 'muted' };
}

const comparisonRows = (model: ModelFacts): Cell[][] =>
  (model.run?.comparisons ?? []).map((found) => [
    plain(model.modelName),
    plain(found.against === 'champion' ? `champion ${model.championVersion ?? ''}`.trim() : found.against),
    plain(found.metric),
    plain(formatMeasure(found.difference)),
    plain(`${range(found.interval)} (${percent(found.interval.level)})`),
    plain(String(found.n)),
    verdictOf(found),
  ]);

function comparisonBlocks(models: readonly ModelFacts[]): Block[] {
  const rows = models.flatMap(comparisonRows);
  if (rows.length === 0) return [];
  const words = [column('model', false), column('compared with', false), column('metric', false)];
  const columns = [...words, column('difference'), column('interval'), column('n'), column('verdict', false)];
  return [
    { kind: 'subheading', text: 'Paired differences on the same rows (positive = the new model is better)' },
    { kind: 'table', columns, rows },
  ];
}

/** Each model's primary metric beside its target, baseline and champion. */
export function modelsSection({ models }: ReportFacts): Section {
  const words = [column('model', false), column('decision', false), column('version', false), column('metric', false)];
  const numbers = [column('value (interval)'), column('target'), column('baseline'), column('champion')];
  const table: Block = { kind: 'table', columns: [...words, ...numbers], rows: models.map(modelRow) };
  return { id: 'models', title: 'Models', blocks: [table, ...comparisonBlocks(models)] };
}

function headlineOf(model: ModelFacts): Headline | null {
  const metric = primaryOf(model);
  if (metric === undefined) return null;
  const { name, direction, value, n, interval = null, remark = null } = metric;
  const marks = [
    { name: 'target' as const, value: model.target?.bound },
    { name: 'baseline' as const, value: comparisonWith(model, 'baseline')?.other },
    { name: 'champion' as const, value: comparisonWith(model, 'champion')?.other },
  ].flatMap((mark) => (mark.value === undefined ? [] : [{ ...mark, value: mark.value }]));
  return { metric: name, direction, value, n, interval, remark, marks };
}

function promotionSentence({ promotion }: ModelFacts): string[] {
  if (promotion === null) return [];
  return [`stage ${promotion.stage}${promotion.awaitingApproval ? ', production awaits approval' : ''}`];
}

/** Gates that no reason repeats. */
const otherGates = ({ reasons, gates }: RunRecord): string[] =>
  gates
    .filter(({ finding }) => !reasons.some((reason) => reason.includes(finding)))
    .map(({ gate, finding, passed }) => `${passed ? '✓' : '✗'} ${gate}: ${finding}`);

function sentencesOf(model: ModelFacts): string[] {
  const { run, failure } = model;
  const failed = failure === null ? [] : [`${failure.code}: ${failure.message}`];
  if (run === null) return failed.length === 0 ? ['the retraining ended before it was started'] : failed;
  const stated = run.statedReason === null ? [] : [`stated reason: ${run.statedReason}`];
  const reasons = run.reasons.length > 0 ? run.reasons : failed;
  return [...reasons, ...otherGates(run), ...stated, ...promotionSentence(model)];
}

function decisionBlocks(model: ModelFacts): Block[] {
  const headline = headlineOf(model);
  const { text } = statusCell(model);
  return [
    { kind: 'subheading', text: [`${model.modelName}: ${text}`, model.run?.version].join(' ').trim() },
    ...(headline === null ? [] : [{ kind: 'headline' as const, headline }]),
    { kind: 'points', items: sentencesOf(model) },
  ];
}

/** Why each model was registered or not: its gates, the rule that held, and what a person stated. */
export const decisionsSection = ({ models }: ReportFacts): Section => ({
  id: 'decisions',
  title: 'Decisions and reasons',
  blocks: models.flatMap(decisionBlocks),
});
