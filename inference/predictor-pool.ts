import { PipelineError } from '../contracts/errors.js';
import type { ArtefactFiles, ModelDefinition, Predictor } from '../contracts/model-definition.js';
import { filesOfVariant, type VariantName, variantsOf } from '../learning/artefact/index.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { type ArtefactManifest, loadArtefact } from '../registry/artefacts.js';
import type { RequireSigned } from '../registry/signing/verify-artefact.js';
import type { OpenArtefact } from './answer.js';
import { isOfOtherDefinition, type LoadedArtefact, openVerified } from './open-verified.js';

/** Most predictors that a pool keeps open by default; each holds native sessions. */
export const DEFAULT_POOL_CAPACITY = 8;

/** A registered artefact: what a predictor is opened from. */
export interface ServedArtefact {
  readonly modelName: string;
  readonly artefactHash: string;
  /** The number format that answers. @default the usual one */
  readonly variant?: VariantName | undefined;
}

export interface PredictorPoolDeps {
  readonly blobs: BlobStore;
  /** The catalogue's lookup. @throws PipelineError `UNKNOWN_MODEL`. */
  readonly findModel: (name: string) => Promise<ModelDefinition>;
  /** Refuses an artefact that no trusted key has signed. */
  readonly requireSigned: RequireSigned;
  /** Most predictors kept open. @default DEFAULT_POOL_CAPACITY */
  readonly capacity?: number;
}

/** Open predictors by artefact hash. */
export interface PredictorPool {
  /**
   * Calls `work` with the predictor of an artefact, which is opened once and stays open. Above the pool's capacity the
   * least recently used predictors that are not in use are closed. A failed opening is not kept.
   * @throws PipelineError `ARTEFACT_UNSIGNED`, `SIGNATURE_REFUSED`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`,
   *   `ARTEFACT_INVALID`, `ARTEFACT_OUTDATED`; whatever `work` throws.
   */
  use<Result>(
    artefact: ServedArtefact,
    work: (predictor: Predictor, manifest: ArtefactManifest) => Result | Promise<Result>,
  ): Promise<Result>;
  /** Closes every predictor; none may be in use. */
  close(): Promise<void>;
}

interface Entry {
  readonly opening: Promise<OpenArtefact>;
  users: number;
}

/** What opening an artefact needs. */
export type OpenDeps = Pick<PredictorPoolDeps, 'blobs' | 'findModel' | 'requireSigned'>;

/**
 * Loads the artefact of a registered version.
 * @throws PipelineError `UNKNOWN_MODEL`, `ARTEFACT_UNSIGNED`, `SIGNATURE_REFUSED`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`,
 *   `ARTEFACT_INVALID`, `VERSION_NOT_FOUND`.
 */
export async function loadServed(deps: OpenDeps, artefact: ServedArtefact): Promise<LoadedArtefact> {
  const { blobs, findModel, requireSigned } = deps;
  const { modelName, artefactHash, variant } = artefact;
  const model = await findModel(modelName);
  await requireSigned(artefactHash);
  const { files, manifest } = await loadArtefact(blobs, artefactHash);
  if (manifest.modelName === modelName) return { model, files: variantFiles(files, modelName, variant), manifest };
  throw new PipelineError('ARTEFACT_INVALID', `artefact ${artefactHash} belongs to ${manifest.modelName}`);
}

function variantFiles(files: ArtefactFiles, modelName: string, variant: VariantName | undefined): ArtefactFiles {
  if (variant === undefined) return files;
  if (variantsOf(files).includes(variant)) return filesOfVariant(files, variant);
  const finding = `this version of ${modelName} has no variant ${variant}, but one number format`;
  throw new PipelineError('VERSION_NOT_FOUND', finding, { variant, modelName });
}

async function openArtefact(deps: OpenDeps, artefact: ServedArtefact): Promise<OpenArtefact> {
  const loaded = await loadServed(deps, artefact);
  const { model, files, manifest } = loaded;
  // What this program's own definition made was verified when it was registered.
  const predictor = isOfOtherDefinition(loaded) ? await openVerified(loaded) : await model.predictor(files);
  const { variant } = artefact;
  return { predictor, manifest, ...(variant && { variant }) };
}

/**
 * The predictor of a stored artefact.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `ARTEFACT_INVALID`, `ARTEFACT_OUTDATED`.
 */
export const openPredictor = async (deps: OpenDeps, artefact: ServedArtefact): Promise<Predictor> =>
  (await openArtefact(deps, artefact)).predictor;

async function closeAll(entries: Iterable<Entry>): Promise<void> {
  await Promise.all(Array.from(entries, async ({ opening }) => (await opening).predictor.close()));
}

/** A pool over one blob store and one catalogue. */
export function createPredictorPool(deps: PredictorPoolDeps): PredictorPool {
  const { capacity = DEFAULT_POOL_CAPACITY } = deps;
  /** Ordered from the least to the most recently used. */
  const entries = new Map<string, Entry>();

  function borrow(artefact: ServedArtefact): Entry {
    const key = [artefact.artefactHash, artefact.variant].join();
    const entry = entries.get(key) ?? { opening: openArtefact(deps, artefact), users: 0 };
    entries.delete(key);
    entries.set(key, entry);
    entry.users += 1;
    entry.opening.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return entry;
  }

  /** Removes surplus idle entries before the first close is awaited: otherwise one could be borrowed meanwhile. */
  function takeSurplus(): Entry[] {
    const idle = [...entries].filter(([, { users }]) => users === 0);
    const surplus = idle.slice(0, Math.max(0, entries.size - capacity));
    for (const [artefactHash] of surplus) entries.delete(artefactHash);
    return surplus.map(([, entry]) => entry);
  }

  return {
    async use(artefact, work) {
      const entry = borrow(artefact);
      try {
        const { predictor, manifest } = await entry.opening;
        return await work(predictor, manifest);
      } finally {
        entry.users -= 1;
        await closeAll(takeSurplus());
      }
    },
    async close() {
      const open = [...entries.values()];
      entries.clear();
      await closeAll(open);
    },
  };
}
