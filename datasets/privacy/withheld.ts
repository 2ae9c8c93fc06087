import type { BackendTable } from '../../contracts/backend.js';
import type { ColumnNeeds, SnapshotPolicy } from '../../contracts/data-policy.js';
import { type PipelineError, pipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { BackendDataset } from '../../contracts/model-definition.js';

/** What a policy changes, whatever the version of its key. */
export type ChangedTables = Pick<SnapshotPolicy, 'tables'>;

/** What reads tables of a source: a model's own rows, or a feature view. */
export interface Reader {
  /** For messages, such as `credit-risk-scorer`. */
  readonly name: string;
  readonly tables: readonly BackendTable[];
  /** Absent: every column of the tables, as it is. */
  readonly needs?: ColumnNeeds | undefined;
}

export const readersOf = (views: readonly FeatureView[]): readonly Reader[] =>
  views.map(({ name, tables, needs }) => ({ name: `feature view ${name}`, tables, needs }));

export const modelReader = (name: string, { tables, optionalTables = [], needs }: BackendDataset): Reader => ({
  ...{ name, needs },
  tables: [...tables, ...optionalTables],
});

/** The first column that a policy changes in a way under which a reader cannot do its work; null: there is none. */
function withheldFrom({ name, tables, needs }: Reader, policy: ChangedTables): PipelineError | null {
  for (const table of tables)
    for (const [column, change] of Object.entries(policy.tables[table] ?? {})) {
      const allowed = needs === undefined ? [] : needs[table]?.[column];
      if (allowed === undefined || allowed.includes(change)) continue;
      return pipelineError('COLUMN_WITHHELD', { reader: name, table, column, change, allowed: ['keep', ...allowed] });
    }
  return null;
}

/** Why readers cannot work on a snapshot of this policy; null: they can. */
export function findWithheld(
  readers: readonly Reader[],
  policy: ChangedTables | null | undefined,
): PipelineError | null {
  if (policy === null || policy === undefined) return null;
  return readers.reduce<PipelineError | null>((found, reader) => found ?? withheldFrom(reader, policy), null);
}

/** Why a model cannot learn under a policy: the error `COLUMN_WITHHELD`, which names model and column; null: it can. */
export const findWithheldFromModel = (
  modelName: string,
  backend: BackendDataset,
  policy: ChangedTables | null | undefined,
): PipelineError | null => findWithheld([modelReader(modelName, backend), ...namedViews(modelName, backend)], policy);

const namedViews = (modelName: string, { views }: BackendDataset): readonly Reader[] =>
  readersOf(views).map((reader) => ({ ...reader, name: `${modelName} (${reader.name})` }));
