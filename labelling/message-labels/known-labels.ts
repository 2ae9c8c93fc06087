import type { Pool } from 'pg';
import { lineOfSource } from '../../contracts/ids.js';
import type { MessageLabelling } from '../../contracts/labelling.js';
import type { ModelRegistry } from '../../contracts/registry.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { loadArtefact } from '../../registry/artefacts.js';
import type { LabelledModel } from '../find-labelled.js';
import { requireKnownNames } from '../known-names.js';
import type { LabelTarget } from '../taken-labels.js';
import type { GivenLabel } from './label-file.js';

export interface LabelStores {
  readonly backendPool: Pool;
  readonly blobs: BlobStore;
  readonly registry: ModelRegistry;
}

type Model = LabelledModel<MessageLabelling['kind']>;

/** Names that the champion of the source's line learned; none where there is no champion. */
async function learnedNames(
  { registry, blobs }: LabelStores,
  { modelName, labelling }: Model,
  source: string,
): Promise<readonly string[]> {
  const champion = await registry.findChampion(modelName, lineOfSource(source));
  if (champion === null) return [];
  return labelling.readLearned((await loadArtefact(blobs, champion.artefactHash)).files).names;
}

async function usedNames({ backendPool }: LabelStores, { labelling }: Model, source: string): Promise<string[]> {
  const { rows } = await backendPool.query<{ intent: string }>(
    'select distinct intent from backend.chat_messages where source = $1 and intent is not null',
    [source],
  );
  return rows.flatMap(({ intent }) => labelling.parseLabel(intent));
}

/** Names that a label may hold: those of the source's labelled messages and those that its champion learned. */
export async function findKnownNames(stores: LabelStores, model: Model, source: string): Promise<Set<string>> {
  const learned = await learnedNames(stores, model, source);
  return new Set([...learned, ...(await usedNames(stores, model, source))]);
}

/** @throws PipelineError `INVALID_VALUE` for an intent that neither the source, its champion nor the caller knows. */
export function requireKnownLabels(
  labels: readonly GivenLabel[],
  { parseLabel }: Pick<MessageLabelling, 'parseLabel'>,
  { file, known, allow }: Pick<LabelTarget, 'file' | 'allow'> & { readonly known: Iterable<string> },
): void {
  const given = labels.flatMap(({ intent, row }) => parseLabel(intent).map((name) => ({ name, row })));
  requireKnownNames(given, { file, column: 'intent', noun: 'intent', known, allow });
}
