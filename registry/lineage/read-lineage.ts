import type { FeatureLog } from '../../contracts/feature-log.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import type { ModelRegistry, VersionRecord } from '../../contracts/registry.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import { nullIfLost } from '../../datasets/snapshots/lost-blob.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { loadManifest } from '../artefacts.js';
import { type Lineage, traceLineage, type VersionFacts } from './lineage.js';

export interface LineageDeps {
  readonly blobs: BlobStore;
  readonly registry: Pick<ModelRegistry, 'listVersions'>;
  readonly featureLog: Pick<FeatureLog, 'listMaterialisations'>;
}

async function factsOf({ blobs }: LineageDeps, record: VersionRecord): Promise<VersionFacts> {
  const { origin } = record.dataset;
  const manifest = await nullIfLost(loadManifest(blobs, record.artefactHash));
  const snapshot = origin.kind === 'snapshot' ? await nullIfLost(loadSnapshot(blobs, origin.snapshotHash)) : null;
  return { record, reads: manifest?.reads ?? null, snapshot };
}

/** The version asked for, else those that were not archived. */
const isWanted = ({ version, stage }: VersionRecord, wanted: string | undefined): boolean =>
  wanted === undefined ? stage !== 'archived' : version === wanted;

/**
 * What the versions of a model were made of.
 * @param choice.version - one version. @default all that are not archived
 * @throws PipelineError `SERVICE_UNAVAILABLE`.
 */
export async function lineageOfModel(
  deps: LineageDeps,
  modelName: string,
  choice: { readonly views: readonly FeatureView[]; readonly line?: string; readonly version?: string },
): Promise<Lineage> {
  const { views, line, version: wanted } = choice;
  const records = await deps.registry.listVersions({ modelName, ...(line !== undefined && { line }) });
  const versions: VersionFacts[] = [];
  for (const record of records) if (isWanted(record, wanted)) versions.push(await factsOf(deps, record));
  return traceLineage({ versions, online: [], views, only: null });
}

/**
 * What a view is made of, which versions of models were trained with it, and what of it is in the online store.
 * @throws PipelineError `SERVICE_UNAVAILABLE`.
 */
export async function lineageOfView(
  deps: LineageDeps,
  view: FeatureView,
  { views, line }: { readonly views: readonly FeatureView[]; readonly line?: string },
): Promise<Lineage> {
  const only = referenceOf(view);
  const versions: VersionFacts[] = [];
  for (const record of await deps.registry.listVersions(line === undefined ? {} : { line })) {
    if (!isWanted(record, undefined)) continue;
    const facts = await factsOf(deps, record);
    if (facts.reads?.some((read) => read.kind === 'feature-view' && referenceOf(read) === only)) versions.push(facts);
  }
  const online = [];
  for (const materialised of await deps.featureLog.listMaterialisations()) {
    if (materialised.view !== view.name || materialised.version !== view.version) continue;
    online.push({ materialised, snapshot: await nullIfLost(loadSnapshot(deps.blobs, materialised.snapshotHash)) });
  }
  return traceLineage({ versions, online, views, only });
}
