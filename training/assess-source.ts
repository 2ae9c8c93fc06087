import type { BackendTable, SnapshotTables } from '../contracts/backend.js';
import type { DatasetSchema } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { BackendDataset, ModelDefinition } from '../contracts/model-definition.js';
import type { Table } from '../contracts/table.js';
import { joinPointInTime } from '../feature-store/offline/join-point-in-time.js';
import { freezeHoldout, splitHoldout } from '../learning/evaluation/split/index.js';

/** Rows of a source that were read without training. */
export interface SourceRows {
  readonly source: string;
  readonly asOf: number;
  /** A table that could not be read is absent. */
  readonly tables: SnapshotTables;
  /** Tables of which only a part was read: counts that need them are counts of at least so many. */
  readonly cut: readonly BackendTable[];
}

/** What one model could learn from a source. */
export interface ModelAssessment {
  readonly model: string;
  /** `unknown`: a table could not be read, or too few rows of it were read to tell. */
  readonly learns: 'yes' | 'no' | 'unknown';
  /** Rows of its training table; null when they could not be built. */
  readonly rows: number | null;
  /** Of them with a label. */
  readonly labelled: number | null;
  readonly minimumRows: number;
  /** True when only a part of a table was read, so that there may be more rows. */
  readonly atLeast: boolean;
  /** Rows of each label, the most frequent twelve; {} for a label that is a number or a text of its own. */
  readonly labels: Readonly<Record<string, number>>;
  /** Why it does not learn, or what a run would complain about. */
  readonly findings: readonly string[];
  readonly notes: readonly string[];
}

const SHOWN_LABELS = 12;

/** Rows with a label, and rows of each label where it is a class. */
function countLabels(table: Table, { label }: DatasetSchema, isClass: boolean) {
  const column = table.columns[label];
  if (column === undefined) return { labelled: 0, counts: [] };
  const values: readonly (string | number | null)[] = column.kind === 'text' ? column.values : [...column.values];
  const counts = new Map<string, number>();
  let labelled = 0;
  for (const value of values) {
    if (value === null || Number.isNaN(value)) continue;
    labelled += 1;
    if (isClass) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  return { labelled, counts: [...counts].sort((a, b) => b[1] - a[1]) };
}

const classTasks: readonly ModelDefinition['task'][] = [
  'binary-classification',
  'multiclass-classification',
  'anomaly-detection',
];

function tablesOf({ tables, optionalTables = [], views }: BackendDataset): readonly BackendTable[] {
  return [...new Set([...tables, ...optionalTables, ...views.flatMap((view) => view.tables)])];
}

/** What a run would refuse the training table for; a fault of the data becomes a sentence. */
function findingsOf(model: ModelDefinition, rows: Table, tables: SnapshotTables): readonly string[] {
  const { schema, views } = model.backend;
  try {
    const table = joinPointInTime(rows, views, tables);
    const failed = model.expectations.flatMap((expectation) => {
      const finding = expectation.check({ schema, table });
      return finding === null ? [] : [`${expectation.name}: ${finding}`];
    });
    const { train, holdout } = splitHoldout(freezeHoldout(schema.split, table), table);
    if (train.rowCount === 0) failed.push(`all ${table.rowCount} rows would be held out, none is left to learn from`);
    if (holdout.rowCount === 0) failed.push('no row would be held out to judge by');
    return failed;
  } catch (fault) {
    if (fault instanceof PipelineError) return [fault.message];
    throw fault;
  }
}

const unread = (model: ModelDefinition, learns: ModelAssessment['learns'], finding: string): ModelAssessment => ({
  model: model.name,
  learns,
  rows: null,
  labelled: null,
  minimumRows: model.backend.schema.minimumRows,
  atLeast: false,
  labels: {},
  findings: [finding],
  notes: [],
});

/** Why there is too little to learn from; [] when there is enough. @param classes - number of different labels. */
function shortage(model: ModelDefinition, rows: number, classes: number): readonly string[] {
  const { minimumRows } = model.backend.schema;
  if (rows < minimumRows) return [`${rows} rows, wanted at least ${minimumRows}`];
  if (!model.task.endsWith('classification') || classes > 1) return [];
  return [classes === 0 ? 'no row has a label' : 'all labels are the same, so there is nothing to learn'];
}

/**
 * What one model would find in these rows: the training table is built by the code of a run, but nothing is stored or
 * trained. Pure. Memory and time: those of one training table.
 */
export function assessModel(model: ModelDefinition, { source, asOf, tables, cut }: SourceRows): ModelAssessment {
  const { backend } = model;
  const needed = tablesOf(backend);
  const absent = needed.filter((table) => tables[table] === undefined);
  if (absent.length > 0) return unread(model, 'unknown', `${absent.join(', ')} could not be read`);
  const empty = backend.tables.filter((table) => tables[table]!.rowCount === 0);
  if (empty.length > 0) return unread(model, 'no', `no rows in ${empty.join(', ')}`);

  const { table, notes } = backend.rows(tables, { source, asOf });
  const { schema } = backend;
  const { labelled, counts } = countLabels(table, schema, classTasks.includes(model.task));
  const atLeast = needed.some((name) => cut.includes(name));
  const short = shortage(model, table.rowCount, counts.length);
  const findings = short.length > 0 ? short : findingsOf(model, table, tables);
  const failing = atLeast ? 'unknown' : 'no';
  return {
    model: model.name,
    learns: findings.length === 0 ? 'yes' : failing,
    rows: table.rowCount,
    labelled,
    minimumRows: schema.minimumRows,
    atLeast,
    labels: Object.fromEntries(counts.slice(0, SHOWN_LABELS)),
    findings,
    notes,
  };
}
