import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { ErasedBlob, SnapshotLog, SnapshotRecord } from '../snapshots/snapshot-log.js';

/** Digits of a hash that a caller gives at least, as with git. */
const FEWEST_DIGITS = 4;
/** Snapshots that a message about an ambiguous prefix names. */
const MOST_NAMED = 5;

/**
 * The recorded snapshot whose hash begins so; its newest record, when it was recorded several times.
 * @param prefix - at least four hex digits, in any case.
 * @throws PipelineError `INVALID_INPUT` for something else or a prefix of several hashes; `DATASET_NOT_FOUND`;
 *   `DATA_ERASED` for a snapshot that was rewritten since.
 */
export async function findSnapshot(
  log: Pick<SnapshotLog, 'withPrefix' | 'erased'>,
  prefix: string,
): Promise<SnapshotRecord> {
  const digits = prefix.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(digits))
    throw new PipelineError(
      'INVALID_INPUT',
      `a snapshot is named by ${FEWEST_DIGITS} to 64 hex digits of its hash, found "${prefix.slice(0, 80)}"`,
    );
  const [found, ...others] = await log.withPrefix(digits, MOST_NAMED);
  const [erased] = found === undefined ? await log.erased(digits, 1) : [];
  if (erased !== undefined) throw erasedFault('the snapshot', erased);
  if (found === undefined)
    throw new PipelineError('DATASET_NOT_FOUND', `there is no snapshot ${prefix}; \`ml data snapshots\` lists them`);
  if (others.length === 0) return found;
  const candidates = [found, ...others].map(({ hash }) => hash.slice(0, 16)).join(', ');
  throw new PipelineError('INVALID_INPUT', `${prefix} begins several snapshots (${candidates}); give more digits`);
}

/** `DATA_ERASED`. @param what - is gone, with the hash after it: `the snapshot`, `the data set of <run>`. */
const erasedFault = (what: string, { hash, replacedBy, erasedAt }: ErasedBlob): PipelineError =>
  pipelineError('DATA_ERASED', { what, hash, replacedBy, erasedAt: erasedAt.toISOString() });

/** @param log - tells what was erased; undefined: nothing was. @param what - is asked for: `the data set of <run>`. @throws PipelineError `DATA_ERASED`. */
export async function requireNotErased(
  log: Pick<SnapshotLog, 'erased'> | undefined,
  what: string,
  hash: string,
): Promise<void> {
  const [erased] = (await log?.erased(hash, 1)) ?? [];
  if (erased !== undefined) throw erasedFault(what, erased);
}
