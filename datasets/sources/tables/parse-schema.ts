import { PipelineError } from '../../../contracts/errors.js';
import { tableSchema, type TableSchema } from '../../../contracts/table-schema.js';

/**
 * A schema as a user wrote it.
 * @throws PipelineError `INVALID_INPUT` naming each member that is wrong.
 */
export function parseTableSchema(value: unknown, file: string): TableSchema {
  const parsed = tableSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new PipelineError('INVALID_INPUT', `${file}: ${faults.slice(0, 8).join('; ')}`, { file, faults });
}

/** What a reader must know of how a schema divides and labels the rows. */
export function schemaRemarks({
  key,
  label,
  positive,
  group,
  time,
  windowDays,
  part,
  guessed = [],
}: TableSchema): string[] {
  return [
    ...(label !== undefined && positive !== undefined ? [`${label} (the label): "${positive}" counts as 1`] : []),
    ...(part === undefined ? [] : [`rows whose ${part} is test are the holdout and are never learned from`]),
    ...(part === undefined && time !== undefined
      ? [`the newest ${windowDays} days by ${time} are not learned from`]
      : []),
    ...(group === undefined ? [] : [`all rows of one ${group} stand on one side of the holdout`]),
    ...(key === undefined
      ? ['no key column: a row is named by its number, so keep the order when the file grows']
      : []),
    ...(guessed.length === 0 ? [] : [`the schema still marks as guessed: ${guessed.join(', ')}`]),
  ];
}
