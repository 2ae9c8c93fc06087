import { isDeepStrictEqual } from 'node:util';
import type { FrozenHoldout } from '../contracts/dataset.js';
import type { LineRecord, ModelRegistry } from '../contracts/registry.js';
import { loadDataset } from '../datasets/snapshots/dataset-store.js';
import { freezeHoldout } from '../learning/evaluation/split/index.js';
import { findModel } from '../models/catalogue.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { schemaOf } from './dataset-schema.js';
import { versionNotFound } from '../registry/choose-version.js';

/** What a renewal means for the champion: whether it learned from rows that are held out now. */
export type RenewalEffect = 'unchanged' | 'unseen-by-champion' | 'seen-by-champion';

export interface RenewedHoldout {
  readonly line: LineRecord;
  readonly effect: RenewalEffect;
}

interface Stores {
  readonly registry: ModelRegistry;
  readonly blobs: BlobStore;
}

/**
 * Renews a line's frozen holdout from the data set of its newest version: a time rule gets a cut that fits these rows, a
 * group rule another draw of groups. The registry records who asked for it.
 * @throws PipelineError `UNKNOWN_MODEL`; `VERSION_NOT_FOUND` for a line that has no version yet.
 */
export async function renewHoldout(
  { registry, blobs }: Stores,
  { modelName, line, actor }: { readonly modelName: string; readonly line: string; readonly actor: string },
): Promise<RenewedHoldout> {
  const model = await findModel(modelName);
  const [newest] = await registry.listVersions({ modelName, line });
  const current = await registry.findLine(modelName, line);
  if (newest === undefined || current === null) throw versionNotFound({ modelName, line }, 'version yet');
  const { table } = await loadDataset(blobs, newest.dataset.hash);
  const fresh = freezeHoldout(schemaOf(model, newest.dataset).split, table);
  const renewed = await registry.refreezeLine(modelName, line, withNextSalt(fresh, current.holdout), actor);
  return { line: renewed, effect: effectOf(current.holdout, renewed.holdout) };
}

/** A group rule draws other groups under another salt: `salt`, `salt#2`, `salt#3` … */
export function withNextSalt(fresh: FrozenHoldout, current: FrozenHoldout): FrozenHoldout {
  if (fresh.kind !== 'group' || current.kind !== 'group') return fresh;
  const [, count = '1'] = current.salt.split('#');
  return { ...fresh, salt: `${fresh.salt}#${Number(count) + 1}` };
}

/** The champion was trained outside the former holdout; a later cut in time holds out a part of that only. */
export function effectOf(former: FrozenHoldout, renewed: FrozenHoldout): RenewalEffect {
  if (isDeepStrictEqual(former, renewed)) return 'unchanged';
  const laterCut = former.kind === 'time' && renewed.kind === 'time' && renewed.cut >= former.cut;
  return laterCut ? 'unseen-by-champion' : 'seen-by-champion';
}
