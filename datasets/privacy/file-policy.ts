import type { DataPolicy } from '../../contracts/data-policy.js';
import type { DatasetSchema } from '../../contracts/dataset.js';
import { pipelineError } from '../../contracts/errors.js';
import type { DataFile } from '../sources/files/read-file.js';
import { applyPolicy, type Pseudonym } from './apply-policy.js';
import { changesOf, columnFaults } from './check-policy.js';

/** Columns by which a file's rows are learned from, divided and named. */
function usedColumns({ features, label, key, split }: DatasetSchema): ReadonlySet<string> {
  const groups = split.kind === 'time' && split.groups !== undefined ? [split.groups.column] : [];
  return new Set([...features.map(({ name }) => name), label, key, split.column, ...groups]);
}

/**
 * The rows of a file under the policy of its line. What is changed becomes a remark on the data set.
 * @param pseudonym - made only when something is hashed.
 * @throws PipelineError `POLICY_INVALID` for a column that the line has not or an action that does not fit it;
 *   `COLUMN_WITHHELD` for one that the model learns from.
 */
export async function applyFilePolicy(
  file: DataFile,
  { lines }: DataPolicy,
  { modelName, pseudonym }: { readonly modelName: string; readonly pseudonym: () => Promise<Pseudonym> },
): Promise<DataFile> {
  const { schema } = file.format;
  const actions = lines[schema.line] ?? {};
  const faults = columnFaults(`lines.${schema.line}`, actions, schema.columns, ({ name }) => name === schema.key);
  if (faults.length > 0) throw pipelineError('POLICY_INVALID', { where: 'the data policy', faults });
  const changes = changesOf(actions);
  const used = usedColumns(schema);
  for (const [column, change] of Object.entries(changes))
    if (used.has(column))
      throw pipelineError('COLUMN_WITHHELD', {
        ...{ reader: modelName, table: schema.line, column, change },
        allowed: ['keep'],
      });
  if (Object.keys(changes).length === 0) return file;
  const hashes = Object.values(changes).includes('hash');
  const isNullable = (name: string): boolean => schema.columns.find((spec) => spec.name === name)?.nullable === true;
  const table = applyPolicy(file.table, changes, { isNullable, pseudonym: hashes ? await pseudonym() : String });
  const changed = Object.entries(changes).map(([name, change]) => `${name} (${change})`);
  return { ...file, table, remarks: [...file.remarks, `the data policy changed ${changed.join(', ')}`] };
}
