import type { PipelineActivities } from '../contracts/activities.js';
import {
  commitSnapshotInput,
  extractTableInput,
  materializeInput,
  planPipelineInput,
  snapshotInput,
} from '../contracts/activities.js';
import { backendTables } from '../contracts/backend.js';
import { lineOfSource } from '../contracts/ids.js';
import { commitSnapshot } from '../datasets/snapshots/snapshot-store.js';
import { featureViews } from '../feature-store/definitions/index.js';
import { materializeFeatureSet } from '../feature-store/online/materialize.js';
import { runJob, withHeartbeat } from './run-job.js';
import type { PipelineActivityDeps } from './dependencies.js';
import { resolveSource } from './resolve-line.js';
import { parse } from './parse.js';

/** The steps from the source to both feature stores. Repeating a step stores nothing twice. */
export const createPipelineActivities = (deps: PipelineActivityDeps): PipelineActivities => ({
  async planPipeline(input) {
    const { source: named, asOf } = parse(planPipelineInput, input);
    const source = await resolveSource(deps, { source: named, snapshotHash: null });
    const { extractChunkRows: chunkRows, heartbeatTimeoutSeconds } = deps.config;
    return {
      source,
      line: lineOfSource(source),
      asOf: asOf ?? Date.now(),
      tables: backendTables.map((name) => ({ name, chunkRows })),
      heartbeatTimeoutMs: heartbeatTimeoutSeconds * 1000,
      codeVersion: deps.codeVersion,
    };
  },

  extractTable(input) {
    const job = parse(extractTableInput, input);
    return runJob(deps, 'extractTable', job);
  },

  commitSnapshot(input) {
    const { blobs, snapshotLog: log } = deps;
    return commitSnapshot({ ...parse(commitSnapshotInput, input), blobs, log });
  },

  validateSnapshot(input) {
    const { snapshotHash } = parse(snapshotInput, input);
    const { maxRejectedShare } = deps.config;
    return runJob(deps, 'validateSnapshot', { snapshotHash, maxRejectedShare });
  },

  buildFeatures(input) {
    const { snapshotHash } = parse(snapshotInput, input);
    return runJob(deps, 'buildFeatures', { snapshotHash });
  },

  materializeOnline(input) {
    const { featureSetHash: hash } = parse(materializeInput, input);
    const { blobs, onlineStore: store } = deps;
    return withHeartbeat(() => materializeFeatureSet({ blobs, store, hash, views: featureViews }));
  },
});
