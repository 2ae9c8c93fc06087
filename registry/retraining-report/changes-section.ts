import { isDeepStrictEqual } from 'node:util';
import type { Metric } from '../../contracts/evaluation.js';
import type { RunRecord } from '../../contracts/registry.js';
import { formatMeasure, formatNumber } from '../format-number.js';
import { column, NONE, plain } from '../model-cards/cells.js';
import type { Block, Cell, Section } from '../model-cards/document.js';
import { estimateText } from './models-section.js';
import type { FormerRetraining, ReportFacts, SnapshotFacts } from './report-facts.js';
import { formatMinute } from '../format-minute.js';

/** One thing that is different from the retraining before. */
interface Change {
  readonly what: string;
  readonly before: string | null;
  readonly now: string | null;
  /** Now minus before, of numbers. */
  readonly difference?: number | null;
}

const changed = (changes: readonly Change[]): Change[] => changes.filter(({ before, now }) => before !== now);

const countChange = (what: string, before: number | undefined, now: number | undefined): Change => ({
  what,
  before: before === undefined ? null : String(before),
  now: now === undefined ? null : String(now),
  difference: before === undefined || now === undefined ? null : now - before,
});

const dayOf = (snapshot: SnapshotFacts | null): string | null =>
  snapshot === null ? null : formatMinute(new Date(snapshot.asOf));

/** Rows by table, and the moment of the snapshot. */
function dataChanges(before: SnapshotFacts | null, now: SnapshotFacts | null): Change[] {
  if (before === null || now === null) return [];
  const countOf = ({ tables }: SnapshotFacts, name: string) => tables.find(({ table }) => table === name)?.rows;
  const names = [...new Set([...before.tables, ...now.tables].map(({ table }) => table))];
  return changed([
    { what: 'as of (UTC)', before: dayOf(before), now: dayOf(now) },
    ...names.map((name) => countChange(`rows of ${name}`, countOf(before, name), countOf(now, name))),
  ]);
}

/** Every metric, also one that is the same: that is what a reader looks for. */
function metricChange(name: string, [before, now]: readonly [Metric | undefined, Metric | undefined]): Change {
  const measured = (metric: Metric | undefined): number | null => metric?.value ?? null;
  const [was, is] = [measured(before), measured(now)];
  return {
    what: name,
    before: before === undefined ? null : estimateText(before),
    now: now === undefined ? null : estimateText(now),
    difference: was === null || is === null ? null : is - was,
  };
}

function paramChanges(before: RunRecord, now: RunRecord): Change[] {
  const names = [...new Set([...Object.keys(before.params), ...Object.keys(now.params)])].sort();
  const textOf = ({ params }: RunRecord, name: string) => (name in params ? JSON.stringify(params[name]) : null);
  return names
    .filter((name) => !isDeepStrictEqual(before.params[name], now.params[name]))
    .map((name) => ({ what: `parameter ${name}`, before: textOf(before, name), now: textOf(now, name) }));
}

/** Metrics, decision, rows, parameters, seed and code of one model. */
function modelChanges(before: RunRecord, now: RunRecord): Change[] {
  const metric = now.metrics[0] ?? before.metrics[0];
  const named = (run: RunRecord) => run.metrics.find(({ name }) => name === metric?.name);
  return [
    ...(metric === undefined ? [] : [metricChange(metric.name, [named(before), named(now)])]),
    ...changed([
      { what: 'decision', before: before.status, now: now.status },
      { what: 'version', before: before.version, now: now.version },
      countChange('rows of the data set', before.dataset?.rows, now.dataset?.rows),
      ...paramChanges(before, now),
      { what: 'seed', before: String(before.seed), now: String(now.seed) },
      { what: 'code', before: before.codeVersion, now: now.codeVersion },
    ]),
  ];
}

function differenceCell({ difference = null, before, now }: Change): Cell {
  if (before === now) return { text: 'same', tone: 'muted' };
  if (difference === null) return NONE;
  const text = Number.isInteger(difference) ? formatNumber(difference) : formatMeasure(difference);
  return plain(`${difference > 0 ? '+' : ''}${text}`);
}

function changesTable(subject: string, changes: readonly Change[]): Block[] {
  if (changes.length === 0) return [];
  const rows = changes.map((change) => [
    plain(change.what),
    change.before === null ? NONE : plain(change.before),
    change.now === null ? NONE : plain(change.now),
    differenceCell(change),
  ]);
  const columns = [column('', false), column('before'), column('now'), column('difference')];
  return [
    { kind: 'subheading', text: subject },
    { kind: 'table', columns, rows },
  ];
}

function changeBlocks({ models, snapshot }: ReportFacts, former: FormerRetraining): Block[] {
  const data = changesTable('Data', dataChanges(former.snapshot, snapshot));
  const unchanged: Block = { kind: 'points', items: ['The data are the same, row counts and moment.'] };
  const known = former.snapshot !== null && snapshot !== null;
  const perModel = models.flatMap(({ modelName, run }) => {
    const before = former.runs.find((one) => one.modelName === modelName);
    return before === undefined || run === null ? [] : changesTable(modelName, modelChanges(before, run));
  });
  return [...(known && data.length === 0 ? [unchanged] : data), ...perModel];
}

/** What is different from the retraining before: data counts, metrics, parameters, seed and code. */
export function changesSection(facts: ReportFacts): Section {
  const { former } = facts;
  const head = { id: 'changes', title: 'Changes since the retraining before' };
  if (former === null)
    return { ...head, blocks: [{ kind: 'points', items: ['No retraining of this line came before.'] }] };
  const day = former.startedAt.toISOString().slice(0, 10);
  const before: Block = { kind: 'points', items: [`before: ${former.workflowId}, started on ${day}`] };
  return { ...head, blocks: [before, ...changeBlocks(facts, former)] };
}
