import type { FrozenHoldout } from '../contracts/dataset.js';
import type { LineRecord, ModelRegistry, VersionRecord } from '../contracts/registry.js';
import { loadDataset } from '../datasets/snapshots/dataset-store.js';
import { freezeHoldout, splitHoldout } from '../learning/evaluation/split/index.js';
import { findModel } from '../models/catalogue.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { schemaOf } from './dataset-schema.js';
import { loadEvaluation } from './evaluation-document.js';
import { type HoldoutPart, holdoutParts } from './holdout-parts.js';
import { unseenByChampion } from './unseen-rows.js';
import { versionNotFound } from '../registry/choose-version.js';

/** A renewed holdout, and how many of its rows the champion was trained on. */
export interface RenewedHoldout {
  readonly line: LineRecord;
  /** Rows of both parts in the newest data. */
  readonly rows: number;
  /** Of these, rows that the champion was trained on, or whose group it was; null without a champion. */
  readonly learned: number | null;
}

interface Stores {
  readonly registry: ModelRegistry;
  readonly blobs: BlobStore;
}

/**
 * Renews a line's frozen holdout from the data set of its newest version: a time rule gets a cut that fits these rows,
 * and both kinds another draw of groups. The registry records who asked for it.
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
  const schema = await schemaOf(blobs, model, newest.dataset);
  const fresh = freezeHoldout(schema.split, table);
  const renewed = await registry.refreezeLine(modelName, line, withNextSalt(fresh, current.holdout), actor);
  const parts = holdoutParts({ schema, table }, splitHoldout(renewed.holdout, table));
  const rows = parts.reduce((sum, { data }) => sum + data.table.rowCount, 0);
  const champion = await registry.findChampion(modelName, line);
  return { line: renewed, rows, learned: champion === null ? null : await learnedRows(blobs, champion, parts) };
}

/** Rows that the champion was trained on; by the record of its evaluation. */
async function learnedRows(
  blobs: BlobStore,
  { evaluationHash }: VersionRecord,
  parts: readonly HoldoutPart[],
): Promise<number> {
  const unseen = await unseenByChampion(blobs, await loadEvaluation(blobs, evaluationHash), parts);
  return unseen.reduce((sum, { part, rows }) => sum + part.data.table.rowCount - rows.length, 0);
}

/** Other groups are drawn under another salt: `salt`, `salt#2`, `salt#3` … */
export function withNextSalt(fresh: FrozenHoldout, current: FrozenHoldout): FrozenHoldout {
  if (fresh.kind === 'group' && current.kind === 'group') return { ...fresh, salt: nextSalt(fresh.salt, current.salt) };
  if (fresh.kind !== 'time' || fresh.groups === undefined) return fresh;
  const former = current.kind === 'time' ? current.groups?.salt : undefined;
  if (former === undefined) return fresh;
  return { ...fresh, groups: { ...fresh.groups, salt: nextSalt(fresh.groups.salt, former) } };
}

function nextSalt(salt: string, former: string): string {
  const [, count = '1'] = former.split('#');
  return `${salt}#${Number(count) + 1}`;
}
