import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type {
  BucketedFeatures,
  BuiltStates,
  FeaturePart,
  FeatureSetRef,
  PipelineActivities,
  PipelinePlan,
} from '../contracts/activities.js';
import {
  buildFeaturesInput,
  commitSnapshotInput,
  extractTableInput,
  featurePart,
  featurePartInput,
  materializeInput,
  materializeStatesInput,
  planPipelineInput,
  snapshotInput,
} from '../contracts/activities.js';
import { backendTables } from '../contracts/backend.js';
import type { AcceptedSnapshot, DataQuality } from '../contracts/dataset.js';
import { lineOfSource } from '../contracts/ids.js';
import { DAY_MS } from '../learning/time-series/calendar/index.js';
import { expectationsInForce } from '../datasets/validation/expectations/parse-expectations.js';
import { contentOfValidation } from '../datasets/validation/reuse-validation.js';
import { storeDecisions } from '../datasets/quarantine/decisions.js';
import { loadSnapshot } from '../datasets/snapshots/load-snapshot.js';
import { loadDatasetRef } from '../datasets/snapshots/dataset-store.js';
import { commitSnapshot } from '../datasets/snapshots/snapshot-store.js';
import { contentOfFeatures, contentOfStates } from '../feature-store/offline/content.js';
import { featureBuckets } from '../feature-store/offline/feature-buckets.js';
import { definedViews, viewsWith } from '../feature-store/definitions/index.js';
import { materializeFeatureSet } from '../feature-store/online/materialize.js';
import { materializeStateSet } from '../feature-store/online/materialize-states.js';
import { customerTimeZone, valueFor } from '../platform/config/config.js';
import { runJob, withHeartbeat } from './run-job.js';
import { knownParts, type PartsOfStep, partsReader, withoutKnown } from './known-parts.js';
import { isKnown, runStep } from './run-step.js';
import type { Reusable } from '../contracts/steps.js';
import type { PipelineActivityDeps } from './dependencies.js';
import { resolveSource } from './resolve-line.js';
import { recordWholeFeatureSet } from './materialisation.js';
import { findFormerViews, publishViews } from './view-versions.js';
import { planPolicy } from './plan-policy.js';
import { parseRowOrigin } from './row-origin.js';
import { parse } from './parse.js';
import { recordStatistics } from './record-statistics.js';
import { reportsOf } from './reports-of.js';

/** The steps from the source to both feature stores. Repeating a step stores nothing twice. */
export const createPipelineActivities = (deps: PipelineActivityDeps): PipelineActivities => ({
  planPipeline: (input) => planPipeline(deps, parse(planPipelineInput, input)),

  extractTable(input) {
    const job = parse(extractTableInput, input);
    return runJob(deps, 'extractTable', job);
  },

  commitSnapshot(input) {
    const { blobs, snapshotLog: log } = deps;
    const commit = parse(commitSnapshotInput, input);
    const timeZone = customerTimeZone(deps.config.customerTimeZones, commit.source);
    const dateOrder = valueFor(deps.config.dateOrders, commit.source);
    return commitSnapshot({ ...commit, timeZone, dateOrder, blobs, log });
  },

  validateSnapshot(input) {
    return validateSnapshot(deps, parse(snapshotInput, input));
  },

  buildFeatures: (input) => buildFeatures(deps, parse(buildFeaturesInput, input)),

  buildFeaturePart: (input) => runJob(deps, 'buildFeaturePart', parse(featurePartInput, input)),

  async materializeOnline(input) {
    const { featureSetHash: hash } = parse(materializeInput, input);
    const { blobs, onlineStore: store } = deps;
    const done = await withHeartbeat(async () => {
      const written = await materializeFeatureSet({ blobs, store, hash, views: definedViews });
      await recordWholeFeatureSet(deps, hash);
      return written;
    });
    await recordStatistics(deps, hash);
    return done;
  },

  async materializeStates(input) {
    const built = await buildStates(deps, parse(materializeStatesInput, input));
    await withHeartbeat(() => writeStates(deps, built));
    return { ...built, store: deps.onlineStore.kind };
  },
});

/** Resolves source, policy and former snapshot. */
async function planPipeline(
  deps: PipelineActivityDeps,
  { source: named, asOf, policy: given, full }: z.output<typeof planPipelineInput>,
): Promise<PipelinePlan> {
  const source = await resolveSource(deps, { source: named, snapshotHash: null });
  const policy = await planPolicy(deps, given);
  const parent = full ? null : await deps.snapshotLog.latest(source);
  await publishViews(deps, definedViews);
  const former = await findFormerViews(deps);
  await expectationsInForce(deps.config); // a faulty file ends the run before anything is read
  const { extractChunkRows: chunkRows, heartbeatTimeoutSeconds } = deps.config;
  return {
    source,
    line: lineOfSource(source),
    asOf: asOf ?? Date.now(),
    ...(asOf !== null && Date.now() - asOf > DAY_MS ? { retrospective: true as const } : {}),
    tables: backendTables.map((name) => ({ name, chunkRows })),
    ...(policy === null ? {} : { policy }),
    ...(former.length === 0 ? {} : { formerViews: former }),
    ...(parent === null ? {} : { parent: parent.hash }),
    heartbeatTimeoutMs: heartbeatTimeoutSeconds * 1000,
    codeVersion: deps.codeVersion,
    ...reportsOf(deps.config),
  };
}

type FeatureInput = z.output<typeof buildFeaturesInput>;

/** The feature set, or the buckets whose features are to be built first, without those that an earlier run has built. */
async function buildFeatures(
  deps: PipelineActivityDeps,
  { snapshotHash, byBucket, made, formerViews, ...named }: FeatureInput,
): Promise<Reusable<FeatureSetRef> | BucketedFeatures> {
  const manifest = await loadSnapshot(deps.blobs, snapshotHash);
  const wanted = { snapshotHash, ...(formerViews && { formerViews }) };
  const run = { ...named, modelName: null, content: contentOfFeatures(manifest, viewsWith(formerViews)) };
  const buckets = byBucket && made === undefined ? featureBuckets(manifest) : null;
  if (buckets === null || (await isKnown(deps, 'buildFeatures', wanted, run)))
    return runStep(deps, 'buildFeatures', { ...wanted, ...(made && { made }) }, run);
  const known = named.cache ? await knownParts(deps, featureParts(wanted, buckets), manifest) : [];
  return { status: 'bucketed', ...withoutKnown(buckets, known) };
}

const featureParts = (
  { snapshotHash, formerViews = [] }: Pick<FeatureInput, 'snapshotHash' | 'formerViews'>,
  buckets: readonly number[],
): PartsOfStep<FeaturePart> => ({
  ...{ step: 'buildFeatures', modelName: null, snapshotHash, buckets },
  contentOf: (manifest) => Promise.resolve((bucket) => contentOfFeatures(manifest, viewsWith(formerViews), bucket)),
  partsIn: (input) =>
    isDeepStrictEqual(input.formerViews ?? [], formerViews) ? (partsReader(z.array(featurePart))(input) ?? []) : [],
  blobsOf: ({ views }) => views.map(({ hash }) => hash),
});

async function validateSnapshot(
  deps: PipelineActivityDeps,
  { snapshotHash, ...run }: z.output<typeof snapshotInput>,
): Promise<Reusable<DataQuality>> {
  const { maxRejectedShare, schemaReaction } = deps.config;
  const own = await expectationsInForce(deps.config);
  const manifest = await loadSnapshot(deps.blobs, snapshotHash);
  const { source, asOf } = manifest;
  const decisions = await storeDecisions(deps.blobs, await deps.quarantine.decisions(source));
  const rules = Object.keys(own).length === 0 ? {} : { expectations: own };
  const job = { snapshotHash, maxRejectedShare, ...rules, decisions, schemaReaction };
  const content = await contentOfValidation(deps.blobs, manifest, { expectations: own, schemaReaction });
  const quality = await runStep(deps, 'validateSnapshot', job, { ...run, modelName: null, content });
  if (quality.accepted !== undefined) await recordAccepted(deps, quality.accepted, { ...run, source, asOf });
  return quality;
}

/** Puts the rows that were left out on the list, and the snapshot without them after the one that was extracted. */
async function recordAccepted(
  { blobs, quarantine, snapshotLog }: PipelineActivityDeps,
  { hash, rows }: AcceptedSnapshot,
  { runKey, source, asOf }: { readonly runKey: string; readonly source: string; readonly asOf: number },
): Promise<void> {
  await quarantine.record(blobs, hash);
  await snapshotLog.record({ runKey: `${runKey}/accepted`, hash, source, asOf, rows });
}

/** @throws PipelineError `INVALID_INPUT` as {@link parseRowOrigin}. */
async function buildStates(
  deps: PipelineActivityDeps,
  input: z.output<typeof materializeStatesInput>,
): Promise<Reusable<BuiltStates>> {
  const origin = parseRowOrigin(input);
  const { runKey, cache } = input;
  const run = { runKey, cache, modelName: null };
  if (origin.kind === 'snapshot') {
    const { snapshotHash } = origin;
    const manifest = await loadSnapshot(deps.blobs, snapshotHash);
    const content = await contentOfStates(deps.blobs, manifest, await deps.models.list());
    return runStep(deps, 'buildStates', { snapshotHash }, { ...run, content });
  }
  const dataset = await loadDatasetRef(deps.blobs, origin.datasetHash);
  const { states = [] } = await deps.models.find(dataset.modelName);
  return states.length === 0 ? { sets: [], skipped: [] } : runStep(deps, 'buildStates', { dataset }, run);
}

async function writeStates({ blobs, onlineStore: store, models }: PipelineActivityDeps, { sets }: BuiltStates) {
  for (const { modelName, view: name, hash } of sets) {
    const { states = [] } = await models.find(modelName);
    const view = states.find((candidate) => candidate.name === name)!;
    await materializeStateSet({ blobs, store, hash, view });
  }
}
