import { loadFeatureSet } from '../feature-store/offline/feature-set-store.js';
import type { PipelineActivityDeps } from './dependencies.js';
import { runJob } from './run-job.js';

/**
 * Stores missing rates, ranges and quantiles over all entities, after a feature set was written to the online store.
 * Of a set of the changed entities they are those of all, by the sets that it continues.
 */
export async function recordStatistics(
  deps: Pick<PipelineActivityDeps, 'blobs' | 'runner' | 'config' | 'featureStatistics'>,
  featureSetHash: string,
): Promise<void> {
  const writtenAt = Date.now();
  const { source } = await loadFeatureSet(deps.blobs, featureSetHash);
  for (const statistics of await runJob(deps, 'profileFeatures', { featureSetHash }))
    await deps.featureStatistics.record({ source, writtenAt, ...statistics });
}
