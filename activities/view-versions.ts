import type { ViewReference } from '../contracts/activities.js';
import { type FeatureView, referenceOf } from '../contracts/feature-view.js';
import type { VersionRecord } from '../contracts/registry.js';
import { formerViews } from '../feature-store/definitions/index.js';
import { findChange } from '../feature-store/published/compare-hashes.js';
import { hashesOf } from '../feature-store/published/view-hashes.js';
import { loadManifest } from '../registry/artefacts.js';
import type { PipelineActivityDeps } from './dependencies.js';

/**
 * Publishes the views that this installation has not published yet, and compares the others with what was published.
 * @throws PipelineError `VIEW_CHANGED` before anything is computed by a changed definition.
 */
export async function publishViews(
  { featureLog, codeVersion }: Pick<PipelineActivityDeps, 'featureLog' | 'codeVersion'>,
  views: readonly FeatureView[],
): Promise<void> {
  const found = views.map((view) => ({ name: view.name, version: view.version, ...hashesOf(view), codeVersion }));
  const published = await featureLog.publish(found);
  for (const [i, view] of views.entries()) {
    const change = findChange(view, published[i]!, found[i]!);
    if (change !== null) throw change;
  }
}

/** The versions that may be asked, and the newest of each line, which will be. */
async function versionsInUse({ registry }: Pick<PipelineActivityDeps, 'registry'>): Promise<readonly VersionRecord[]> {
  const newest = new Map<string, VersionRecord>();
  for (const version of await registry.listVersions({})) {
    const line = `${version.modelName}/${version.line}`;
    const known = newest.get(line);
    if (known === undefined || known.registeredAt < version.registeredAt) newest.set(line, version);
  }
  return [...(await registry.listServing()), ...newest.values()];
}

/**
 * Former versions of views that the artefact of a version in use names, in the order of their definition.
 * @param former - the defined ones.
 */
export async function findFormerViews(
  deps: Pick<PipelineActivityDeps, 'registry' | 'blobs'>,
  former: readonly FeatureView[] = formerViews,
): Promise<ViewReference[]> {
  if (former.length === 0) return [];
  const hashes = new Set((await versionsInUse(deps)).map(({ artefactHash }) => artefactHash));
  const named = new Set<string>();
  for (const hash of hashes) {
    const { reads = [] } = await loadManifest(deps.blobs, hash);
    for (const read of reads) if (read.kind === 'feature-view') named.add(referenceOf(read));
  }
  return former.filter((view) => named.has(referenceOf(view))).map(({ name, version }) => ({ name, version }));
}
