import type { Slice } from '../../contracts/evaluation.js';
import { isSynthetic, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import { holdoutSentence } from '../holdout-sentence.js';
import type { CardInput } from './card-input.js';
import { code, column, measuredCell, NONE, plain, range } from './cells.js';
import type { Block, CardDocument, Cell, Headline, Section, Tone } from './document.js';
import { glossarySection } from './glossary.js';
import { comparisonWith, resultsSection, targetOf } from './results-section.js';

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

/** One section a table, with the sentence that says how to read it. */
const tableSections = ({ evaluation: { tables = [] } }: CardInput): Section[] =>
  tables.map(({ title, caption, columns, rows }, index) => ({
    id: `table-${index + 1}`,
    title,
    blocks: [
      { kind: 'points', items: [caption] },
      { kind: 'table', columns, rows: rows.map((row) => row.map(plain)) },
    ],
  }));

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

/** What the run took from earlier ones. */
const originsOf = ({ rerun, reused = [] }: CardInput['run']): readonly (readonly [string, string])[] => [
  ...(rerun ? [['Repeats', `${rerun.workflowId} from ${rerun.from}`] as const] : []),
  ...reused.map(({ step, from }) => ['Reused', `${step} of ${from}`] as const),
];

/** The command that shows the report of the retraining that a run is part of; nothing for a training by itself. */
const reportOf = ({ run, model }: CardInput): readonly (readonly [string, string])[] =>
  run.workflowId.endsWith(`/${model.name}`)
    ? [['Report', `ml runs report ${run.workflowId.slice(0, -model.name.length - 1)}`]]
    : [];

function reproducibilitySection(input: CardInput): Section {
  const { run, model } = input;
  const facts: readonly (readonly [string, string])[] = [
    ['Workflow', run.workflowId],
    ...reportOf(input),
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
  const rows = [
    ...facts.map(([label, text]) => ({ label, value: code(text) })),
    ...originsOf(run).map(([label, text]) => ({ label, value: plain(text) })),
  ];
  return { id: 'reproducibility', title: 'Reproducibility', blocks: [{ kind: 'facts', rows }] };
}

const decisionTones: Readonly<Record<CardInput['decision'], Tone>> = {
  registered: 'good',
  rejected: 'bad',
  unchanged: 'muted',
  skipped: 'muted',
};

const badgesOf = ({ version, line, decision }: CardInput): Cell[] => [
  { text: decision, tone: decisionTones[decision] },
  ...(version === null ? [] : [plain(`version ${version}`)]),
  plain(`line ${line}`),
];

/** Above everything else on a card of the generated backend. */
const SYNTHETIC_BANNER = `${SYNTHETIC_REMARK}. This version learned from customers of the generator and was judged on them; its scores say nothing about real customers.`;

function sectionsOf(input: CardInput): Section[] {
  return [
    resultsSection(input),
    gatesSection(input),
    ...tableSections(input),
    ...plotsSection(input),
    ...slicesSection(input),
    purposeSection(input),
    dataSection(input),
    paramsSection(input),
    reproducibilitySection(input),
  ];
}

/** All sections of a card, in reading order: results, gates, purpose, training; last the terms that were used. */
export function cardDocument(input: CardInput): CardDocument {
  const { model, run, reasons } = input;
  const sections = sectionsOf(input);
  return {
    kind: 'Model card',
    title: model.name,
    subtitle: `${model.task} · owned by ${model.owner} · ${run.startedAt.toISOString().slice(0, 10)}`,
    banner: isSynthetic(input.line) ? SYNTHETIC_BANNER : null,
    badges: badgesOf(input),
    stage: input.stage,
    reasons,
    headline: headlineOf(input),
    sections: [...sections, ...glossarySection({ sections, reasons })],
  };
}
