import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { FeaturePart, ViewReference } from '../contracts/activities.js';
import { PipelineError } from '../contracts/errors.js';
import type { MaterialisedView } from '../contracts/feature-log.js';
import { type FeatureView, referenceOf } from '../contracts/feature-view.js';
import { lineOfSource } from '../contracts/ids.js';
import {
  findChangesInput,
  finishMaterialisationInput,
  type FinishedMaterialisation,
  type MaterialisationActivities,
  materializeBucketInput,
  MOST_MOMENTS,
  planMaterialisationInput,
} from '../contracts/materialisation.js';
import { knownUntil } from '../datasets/snapshots/known-until.js';
import { loadSnapshot } from '../datasets/snapshots/load-snapshot.js';
import type { SnapshotManifest } from '../datasets/snapshots/manifest.js';
import { requireLatestSnapshot } from '../datasets/snapshots/snapshot-log.js';
import { definedViews, featureViews, findView } from '../feature-store/definitions/index.js';
import { hasChanged } from '../feature-store/offline/changed-entities.js';
import { loadFeatureSet } from '../feature-store/offline/feature-set-store.js';
import { continuedBy, materialisationBuckets, selectedBucket } from '../feature-store/offline/changed-parts.js';
import { recordMaterialisation } from '../feature-store/online/materialisations.js';
import { materializeFeaturePart } from '../feature-store/online/materialize.js';
import { onlineNameOf } from '../feature-store/online/online-name.js';
import { DAY_MS } from '../learning/time-series/calendar/index.js';
import { chooseBase, type ChosenBase } from './choose-base.js';
import type { PipelineActivityDeps } from './dependencies.js';
import { parse } from './parse.js';
import { recordStatistics } from './record-statistics.js';
import { resolveSource } from './resolve-line.js';
import { runJob, withHeartbeat } from './run-job.js';
import { findFormerViews, publishViews } from './view-versions.js';

const workflowId = (): string => Context.current().info.workflowExecution?.workflowId ?? 'none';

const definitionOf = (view: ViewReference): FeatureView => findView(referenceOf(view));

/** The wanted views; without any, the newest of all and former ones in use. @throws PipelineError `VIEW_NOT_FOUND`. */
async function chosenViews(deps: PipelineActivityDeps, wanted: readonly string[]): Promise<ViewReference[]> {
  const named = wanted.map((reference) => findView(reference));
  const chosen = wanted.length > 0 ? named : [...featureViews, ...(await findFormerViews(deps))];
  return chosen.map(({ name, version }) => ({ name, version }));
}

type Range = NonNullable<z.output<typeof planMaterialisationInput>['asOf']>;

/** From the first moment on, a day apart. @throws PipelineError `INVALID_INPUT`. */
function momentsOf({ from, to }: Range): number[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const count = Math.floor((last - first) / DAY_MS) + 1;
  if (count < 1 || count > MOST_MOMENTS || last > Date.now())
    throw new PipelineError(
      'INVALID_INPUT',
      `asOf: from ${from} to ${to} are ${Math.max(0, count)} days; wanted 1 to ${MOST_MOMENTS}, none in the future`,
    );
  return Array.from({ length: count }, (_, day) => first + day * DAY_MS);
}

/** The last materialisation of each view of a source, by reference. */
async function lastOf(deps: PipelineActivityDeps, source: string): Promise<ReadonlyMap<string, MaterialisedView>> {
  const found = await deps.featureLog.listMaterialisations(source);
  return new Map(found.map((each) => [referenceOf({ name: each.view, version: each.version }), each]));
}

/** Steps that compute and store what has changed. Repeating a step stores nothing twice. */
export const createMaterialisationActivities = (deps: PipelineActivityDeps): MaterialisationActivities => ({
  async planMaterialisation(input) {
    const { source: named, snapshotHash: given, views, asOf } = parse(planMaterialisationInput, input);
    const source = await resolveSource(deps, { source: named, snapshotHash: given });
    await publishViews(deps, definedViews);
    const moments = asOf === null ? null : momentsOf(asOf);
    const past = moments === null ? null : (await requireLatestSnapshot(deps.snapshotLog, source)).hash;
    return {
      ...{ source, line: lineOfSource(source), views: await chosenViews(deps, views), moments },
      snapshotHash: given ?? past,
      heartbeatTimeoutMs: deps.config.heartbeatTimeoutSeconds * 1000,
    };
  },

  async findChanges(input) {
    const { snapshotHash, views: wanted, past, ...how } = parse(findChangesInput, input);
    const next = await loadSnapshot(deps.blobs, snapshotHash);
    const all = materialisationBuckets(next);
    if (past) {
      const views = wanted.map((view) => ({ ...view, base: null }));
      return { views, buckets: [...all], unchangedBuckets: 0, notes: [] };
    }
    const last = await lastOf(deps, next.source);
    const found: (ChosenBase & { readonly view: FeatureView })[] = [];
    for (const view of wanted.map(definitionOf))
      found.push({ view, ...(await chooseBase(deps, { view, next, last: last.get(referenceOf(view)), ...how })) });
    const isChanged = (bucket: number): boolean =>
      found.some(({ view, base }) => base === null || hasChanged({ base, next }, view, selectedBucket(next, bucket)));
    const buckets = all.filter(isChanged);
    return {
      views: found.map(({ view: { name, version }, baseHash }) => ({ name, version, base: baseHash })),
      ...{ buckets, unchangedBuckets: all.length - buckets.length },
      notes: found.flatMap(({ note }) => (note === null ? [] : [note])),
    };
  },

  async materializeBucket(input) {
    const job = parse(materializeBucketInput, input);
    const parts = await runJob(deps, 'buildChangedFeatures', job);
    if (job.moments === null) await writeOnline(deps, job, parts[0]!);
    return { bucket: job.bucket, parts };
  },

  finishMaterialisation: (input) => finish(deps, parse(finishMaterialisationInput, input)),
});

async function finish(
  deps: PipelineActivityDeps,
  input: z.output<typeof finishMaterialisationInput>,
): Promise<FinishedMaterialisation> {
  const { snapshotHash, views, moments, buckets } = input;
  const snapshot = await loadSnapshot(deps.blobs, snapshotHash);
  const last = await lastOf(deps, snapshot.source);
  const before = new Map([...last].map(([reference, { featureSetHash }]) => [reference, featureSetHash]));
  const continues = moments === null ? continuedBy(views.map((each) => ({ view: definitionOf(each), base: each.base })), before) : {}; // prettier-ignore
  const sets: FinishedMaterialisation['sets'] = [];
  for (const [i, moment] of (moments ?? [null]).entries()) {
    const parts = buckets.map((bucket) => bucket.parts[i]!);
    sets.push(await runJob(deps, 'mergeChangedFeatures', { snapshotHash, views, moment, continues, parts }));
  }
  const finished = { snapshot, snapshotHash, views, last };
  if (moments === null) {
    await recordPresent(deps, finished, sets[0]!);
    await recordStatistics(deps, sets[0]!.hash);
  } else for (const set of sets) await recordPast(deps, finished, set);
  return { store: moments === null ? deps.onlineStore.kind : null, sets };
}

async function writeOnline(
  { blobs, onlineStore: store }: PipelineActivityDeps,
  { snapshotHash, views }: z.output<typeof materializeBucketInput>,
  part: FeaturePart,
): Promise<void> {
  const { source } = await loadSnapshot(blobs, snapshotHash);
  await withHeartbeat(() => materializeFeaturePart({ blobs, store, source }, views.map(definitionOf), part));
}

interface Finished {
  readonly snapshot: SnapshotManifest;
  readonly snapshotHash: string;
  readonly views: z.output<typeof finishMaterialisationInput>['views'];
  readonly last: ReadonlyMap<string, MaterialisedView>;
}
type FeatureSet = FinishedMaterialisation['sets'][number];

const rowsOfUsers = ({ tables }: SnapshotManifest): number => tables.find(({ table }) => table === 'users')?.rows ?? 0;

/** Both records of what is stored: of the registry, which the next run compares with, and of the online store. */
async function recordPresent(
  { featureLog, onlineStore }: PipelineActivityDeps,
  { snapshot, snapshotHash, views, last }: Finished,
  set: FeatureSet,
): Promise<void> {
  for (const [i, { base, ...named }] of views.entries()) {
    const view = definitionOf(named);
    const eventTime = knownUntil(snapshot, view.tables);
    const before = last.get(referenceOf(view));
    const wholeEventTime = base === null || before === undefined ? eventTime : before.wholeEventTime;
    const counts = { entities: rowsOfUsers(snapshot), computed: set.views[i]!.entities };
    const stored = { source: snapshot.source, version: view.version, eventTime, wholeEventTime, ...counts };
    const hashes = { snapshotHash, featureSetHash: set.hash };
    await featureLog.recordMaterialisation({ ...stored, ...hashes, view: view.name, workflowId: workflowId() });
    await recordMaterialisation(onlineStore, snapshot.source, { ...stored, view: onlineNameOf(view) });
  }
}

async function recordPast(
  { featureLog }: PipelineActivityDeps,
  { snapshot: { source }, snapshotHash, views }: Finished,
  { asOf: eventTime, hash: featureSetHash, views: stored }: FeatureSet,
): Promise<void> {
  for (const [i, { name: view, version }] of views.entries()) {
    const { entities } = stored[i]!;
    const found = { source, view, version, eventTime, snapshotHash, featureSetHash, entities };
    await featureLog.recordBackfill({ ...found, workflowId: workflowId() });
  }
}

/** Records what the data pipeline wrote online: every entity of every view. @param hash - of the feature set. */
export async function recordWholeFeatureSet(
  { blobs, featureLog }: Pick<PipelineActivityDeps, 'blobs' | 'featureLog'>,
  hash: string,
): Promise<void> {
  const { snapshotHash, views } = await loadFeatureSet(blobs, hash);
  const snapshot = await loadSnapshot(blobs, snapshotHash);
  for (const { name, version, entities } of views) {
    const eventTime = knownUntil(snapshot, definitionOf({ name, version }).tables);
    const counts = { wholeEventTime: eventTime, entities, computed: entities };
    const written = { source: snapshot.source, view: name, version, snapshotHash, featureSetHash: hash };
    await featureLog.recordMaterialisation({ ...written, eventTime, ...counts, workflowId: workflowId() });
  }
}
