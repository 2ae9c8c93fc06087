import type { Metric, Plot } from '../../contracts/evaluation.js';
import { isSynthetic, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import type { LearningCurve } from '../../contracts/learning-curve.js';
import type { RunRecord } from '../../contracts/registry.js';
import type { UsageTotal } from '../../contracts/resource-usage.js';
import { formatDuration } from '../format-duration.js';
import type { RenderedCard } from '../model-cards/card-input.js';
import { column, NONE, plain } from '../model-cards/cells.js';
import type { Block, CardDocument, Cell, Section } from '../model-cards/document.js';
import { glossarySection } from '../model-cards/glossary.js';
import { toHtml } from '../model-cards/html.js';
import { toMarkdown } from '../model-cards/markdown.js';
import { estimateText } from '../retraining-report/models-section.js';
import { formatMinute } from '../format-minute.js';

/** A run as a comparison shows it. */
export interface ComparedRun {
  readonly run: RunRecord;
  /** Empty when the training recorded none. */
  readonly curves: readonly LearningCurve[];
  /** Null for a run from before it was recorded. */
  readonly usage: UsageTotal | null;
}

export interface Comparison {
  readonly modelName: string;
  /** Two or more, in the order in which they were named. */
  readonly runs: readonly ComparedRun[];
  /** Why scores may not be comparable. */
  readonly remarks: readonly string[];
}

const SIZE = { width: 360, height: 260 };

/** `A`, `B` …: columns are narrow, and ids are long. */
const letterOf = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : `${letterOf(Math.floor(index / 26) - 1)}${letterOf(index % 26)}`;

/** A row of one fact of each run; says so where they differ. */
function factRow(name: string, values: readonly (string | null)[]): Cell[] {
  const cells = values.map((value) => (value === null ? NONE : plain(value)));
  const differs = new Set(values).size > 1;
  return [plain(name), ...cells, differs ? { text: '≠ differs', tone: 'bad' } : { text: 'same', tone: 'muted' }];
}

const factColumns = ({ runs }: Comparison) => [
  column('', false),
  ...runs.map((_, index) => column(letterOf(index), false)),
  column('', false),
];

const orNull = (value: string | null | undefined): string | null => value ?? null;

const memoryText = (mb: number | null): string | null => (mb === null ? null : `${mb} MB`);

function runsSection(comparison: Comparison): Section {
  const { runs } = comparison;
  const fact = (name: string, of: (compared: ComparedRun) => string | null) => factRow(name, runs.map(of));
  const rows = [
    fact('run', ({ run }) => run.workflowId),
    fact('decision', ({ run }) => run.status),
    fact('version', ({ run }) => orNull(run.version)),
    fact('line', ({ run }) => run.line),
    fact('started (UTC)', ({ run }) => formatMinute(run.startedAt)),
    fact('took', ({ run: { startedAt, endedAt } }) =>
      endedAt === null ? null : formatDuration(endedAt.getTime() - startedAt.getTime()),
    ),
    fact('CPU', ({ usage }) => (usage === null ? null : `${usage.cpuSeconds.toFixed(1)} s`)),
    fact('peak memory', ({ usage }) => memoryText(usage?.peakMemoryMb ?? null)),
  ];
  return { id: 'runs', title: 'Runs', blocks: [{ kind: 'table', columns: factColumns(comparison), rows }] };
}

const measured = (metric: Metric | undefined): number | null => metric?.value ?? null;

/** The best value of a metric; null where fewer than two runs have different ones. */
function bestOf(metrics: readonly (Metric | undefined)[]): number | null {
  const values = metrics.map(measured).filter((value) => value !== null);
  if (new Set(values).size < 2) return null;
  const lower = metrics.find((metric) => metric !== undefined)?.direction === 'lower';
  return lower ? Math.min(...values) : Math.max(...values);
}

function metricRow(name: string, runs: readonly ComparedRun[]): Cell[] {
  const metrics = runs.map(({ run }) => run.metrics.find((metric) => metric.name === name));
  const best = bestOf(metrics);
  const cells = metrics.map((metric): Cell => {
    if (metric === undefined) return NONE;
    const text = estimateText(metric);
    return best !== null && metric.value === best ? { text: `${text} ✓`, tone: 'good' } : plain(text);
  });
  const direction = metrics.find((metric) => metric !== undefined)?.direction;
  return [plain(`${name} ${direction === 'lower' ? '↓' : '↑'}`), ...cells];
}

function metricsSection({ runs, remarks }: Comparison): Section {
  const names = [...new Set(runs.flatMap(({ run }) => run.metrics.map(({ name }) => name)))];
  const columns = [column('metric', false), ...runs.map((_, index) => column(letterOf(index), false))];
  const rows = names.map((name) => metricRow(name, runs));
  const table: Block = { kind: 'table', columns, rows };
  const none: Block = { kind: 'points', items: ['No run was evaluated.'] };
  const items = ['↑ higher is better, ↓ lower is better; ✓ the best value, which may be so by chance.', ...remarks];
  return {
    id: 'metrics',
    title: 'Metrics',
    blocks: [names.length === 0 ? none : table, { kind: 'points', items }],
  };
}

/** Those that differ first. */
function paramsSection(comparison: Comparison): Section {
  const { runs } = comparison;
  const names = [...new Set(runs.flatMap(({ run }) => Object.keys(run.params)))].sort();
  const valueOf = ({ run: { params } }: ComparedRun, name: string): string | null => {
    const value = params[name];
    if (value === undefined) return null;
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const rows = [
    ...names.map((name) =>
      factRow(
        name,
        runs.map((run) => valueOf(run, name)),
      ),
    ),
    factRow(
      'seed',
      runs.map(({ run }) => String(run.seed)),
    ),
  ];
  return section('parameters', 'Parameters', { comparison, rows });
}

function dataSection(comparison: Comparison): Section {
  const { runs } = comparison;
  const fact = (name: string, of: (run: RunRecord) => string | null) =>
    factRow(
      name,
      runs.map(({ run }) => of(run)),
    );
  const rows = [
    fact('rows', ({ dataset }) => (dataset === null ? null : String(dataset.rows))),
    fact('origin', ({ dataset }) => (dataset === null ? null : originOf(dataset.origin))),
    fact('data set', ({ dataset }) => orNull(dataset?.hash.slice(0, 12))),
    fact('code', ({ codeVersion }) => codeVersion),
    fact('artefact', ({ artefactHash }) => orNull(artefactHash?.slice(0, 12))),
  ];
  return section('data', 'Data and code', { comparison, rows });
}

const originOf = (origin: NonNullable<RunRecord['dataset']>['origin']): string =>
  origin.kind === 'snapshot' ? `snapshot ${origin.snapshotHash.slice(0, 12)} of ${origin.source}` : origin.fileName;

/** A table of facts, those that differ first. */
function section(
  id: string,
  title: string,
  table: { readonly comparison: Comparison; readonly rows: Cell[][] },
): Section {
  const differing = (row: readonly Cell[]): boolean => row.at(-1)?.tone === 'bad';
  const rows = [...table.rows.filter(differing), ...table.rows.filter((row) => !differing(row))];
  return { id, title, blocks: [{ kind: 'table', columns: factColumns(table.comparison), rows }] };
}

/** The curves of one stage in one drawing, a colour and a dash for each run. */
function curvePlot(stage: string, runs: readonly ComparedRun[]): Plot {
  const values = runs.flatMap(({ curves }, index) =>
    (curves.find((curve) => curve.stage === stage)?.points ?? [])
      .filter(({ loss }) => Number.isFinite(loss))
      .map(({ step, loss }) => ({ step, loss, run: letterOf(index) })),
  );
  const encoding = {
    x: { field: 'step', type: 'quantitative', title: 'step' },
    y: { field: 'loss', type: 'quantitative', title: 'loss on the training rows', scale: { zero: false } },
    color: { field: 'run', type: 'nominal', title: 'run' },
    strokeDash: { field: 'run', type: 'nominal', title: 'run' },
  };
  return {
    title: `Learning curve: ${stage}`,
    caption: 'The loss that the training minimises, after each step; a lower one need not mean a better model.',
    spec: { ...SIZE, data: { values }, mark: { type: 'line' }, encoding },
  };
}

function curvesSection({ runs }: Comparison): Section {
  const stages = [...new Set(runs.flatMap(({ curves }) => curves.map(({ stage }) => stage)))];
  const without = runs.flatMap(({ curves }, index) => (curves.length === 0 ? [letterOf(index)] : []));
  const missing =
    without.length === 0
      ? []
      : [`No learning curve was recorded of ${without.join(', ')}: nothing is fitted in steps, or the run is older.`];
  const blocks: Block[] = [];
  if (stages.length > 0) blocks.push({ kind: 'plots', plots: stages.map((stage) => curvePlot(stage, runs)) });
  if (missing.length > 0) blocks.push({ kind: 'points', items: missing });
  return { id: 'curves', title: 'Learning curves', blocks };
}

/** Runs of one model side by side: metrics, parameters, data and learning curves, with what differs marked. */
export function comparisonDocument(comparison: Comparison): CardDocument {
  const { modelName, runs } = comparison;
  const sections = [
    runsSection(comparison),
    metricsSection(comparison),
    paramsSection(comparison),
    dataSection(comparison),
    curvesSection(comparison),
  ];
  const synthetic = runs.some(({ run }) => isSynthetic(run.line));
  return {
    kind: 'Comparison of runs',
    title: modelName,
    subtitle: `${runs.length} runs`,
    banner: synthetic ? `${SYNTHETIC_REMARK}. These scores say nothing about real customers.` : null,
    badges: runs.map(({ run }, index) => plain(`${letterOf(index)}: ${run.workflowId}`)),
    stage: null,
    reasons: [],
    headline: null,
    sections: [...sections, ...glossarySection({ sections, reasons: [] })],
  };
}

/** Equal runs give equal bytes. @throws PipelineError `INTERNAL` for a curve that cannot be drawn. */
export async function renderComparison(comparison: Comparison): Promise<RenderedCard> {
  const document = comparisonDocument(comparison);
  return { markdown: toMarkdown(document), html: await toHtml(document) };
}
