import { PipelineError } from '../../contracts/errors.js';
import type { SnapshotLog, SnapshotRecord } from '../snapshots/snapshot-log.js';

/** Digits of a hash that a caller gives at least, as with git. */
const FEWEST_DIGITS = 4;
/** Snapshots that a message about an ambiguous prefix names. */
const MOST_NAMED = 5;

/**
 * The recorded snapshot whose hash begins so; its newest record, when it was recorded several times.
 * @param prefix - at least four hex digits, in any case.
 * @throws PipelineError `INVALID_INPUT` for something else or a prefix of several hashes; `DATASET_NOT_FOUND`.
 */
export async function findSnapshot(log: Pick<SnapshotLog, 'withPrefix'>, prefix: string): Promise<SnapshotRecord> {
  const digits = prefix.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(digits))
    throw new PipelineError(
      'INVALID_INPUT',
      `a snapshot is named by ${FEWEST_DIGITS} to 64 hex digits of its hash, found "${prefix.slice(0, 80)}"`,
    );
  const [found, ...others] = await log.withPrefix(digits, MOST_NAMED);
  if (found === undefined)
    throw new PipelineError('DATASET_NOT_FOUND', `there is no snapshot ${prefix}; \`ml data snapshots\` lists them`);
  if (others.length === 0) return found;
  const candidates = [found, ...others].map(({ hash }) => hash.slice(0, 16)).join(', ');
  throw new PipelineError('INVALID_INPUT', `${prefix} begins several snapshots (${candidates}); give more digits`);
}
