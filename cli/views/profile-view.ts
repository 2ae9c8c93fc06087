import { resolve } from 'node:path';
import { profileSnapshot, type SnapshotProfile } from '../../datasets/validation/profile/suggest.js';
import { writeDurably } from '../../platform/durable-file.js';
import { shortHash } from '../output/format.js';
import type { CliContext } from '../program/context.js';
import { chosenSnapshot, type ValidateOptions } from './data-view.js';

export interface ProfileOptions extends Pick<ValidateOptions, 'source' | 'snapshot'> {
  /** File for the draft of expectations. */
  readonly suggest?: string;
}

const number = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
const moment = (value: number): string => new Date(value).toISOString().slice(0, 10);

function printProfile(cli: CliContext, { tables }: SnapshotProfile): void {
  const rows = tables.flatMap(({ table, rows: count, columns }) =>
    columns.map(({ column, kind, missingShare, distinct, range }) => {
      const show = kind === 'timestamp' ? moment : number;
      const ends = range === null ? ['', ''] : [show(range.minimum), show(range.maximum)];
      return [`${table}.${column}`, number(count), `${number(missingShare * 100)} %`, number(distinct), ...ends];
    }),
  );
  const head = ['column', 'rows', 'missing', 'different (about)', 'smallest', 'largest'];
  cli.out.table({ head, rows, right: ['rows', 'missing', 'different (about)', 'smallest', 'largest'] });
}

/**
 * Describes the columns of a snapshot, and writes a draft of expectations.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function profile(cli: CliContext, options: ProfileOptions): Promise<void> {
  const { services } = await cli.connect();
  const hash = await chosenSnapshot(cli, options);
  const found = await profileSnapshot(services.blobs, hash);
  const file = options.suggest === undefined ? null : resolve(options.suggest);
  if (file !== null) writeDurably(file, `${JSON.stringify(found.suggested, null, 2)}\n`);
  cli.out.result({ snapshotHash: hash, ...found, ...(file === null ? {} : { file }) }, () => {
    printProfile(cli, found);
    if (file === null) return;
    const rules = Object.values(found.suggested.tables).reduce((sum, some) => sum + some.length, 0);
    cli.out.line();
    cli.out.line(`${rules} rules drafted from snapshot ${shortHash(hash)} are in ${file}; DATA_EXPECTATIONS names it`);
  });
}
