import { PipelineError } from '../contracts/errors.js';

/** Where the rows of a step come from. */
export type RowOrigin =
  | { readonly kind: 'snapshot'; readonly snapshotHash: string }
  | { readonly kind: 'dataset'; readonly datasetHash: string };

/** @throws PipelineError `INVALID_INPUT` unless exactly one of snapshot and data set is given. */
export function parseRowOrigin({
  snapshotHash,
  datasetHash,
}: {
  readonly snapshotHash: string | null;
  readonly datasetHash: string | null;
}): RowOrigin {
  if (snapshotHash !== null && datasetHash === null) return { kind: 'snapshot', snapshotHash };
  if (snapshotHash === null && datasetHash !== null) return { kind: 'dataset', datasetHash };
  throw new PipelineError('INVALID_INPUT', 'rows come from exactly one of snapshotHash and datasetHash');
}
