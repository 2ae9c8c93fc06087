import { Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { nextTurn, openGraph, readJson, readText } from '../../../learning/artefact/index.js';
import { decodeState } from '../../../learning/artefact/state-json.js';
import { openArtefactEncoder } from '../../../learning/text/encoder/index.js';
import { createVectoriser, linearTextGraph, type TextFeatures } from '../../../learning/text/linear-text/index.js';
import type { Decision } from './decision.js';

/** A loaded engine: the served graph with the preparation of its input. */
export interface OpenEngine {
  /** @returns logits (classes,) per text; the logits of a text do not depend on the other texts of the call. */
  scores(texts: readonly string[]): Promise<ArrayLike<number>[]>;
  close(): Promise<void>;
}

/** Artefact files of all engines. */
export const engineFiles = {
  model: 'model.onnx',
  features: 'features.json',
  tokenizer: 'tokenizer.json',
  encoder: 'encoder.json',
} as const;

function readFeatures(text: string): TextFeatures {
  const features = decodeState(text) as Omit<TextFeatures, 'schemaVersion'> & { readonly schemaVersion: number };
  const valid = features.hashes instanceof Int32Array && features.rarity.length === features.hashes.length;
  if (features.schemaVersion === 1 && valid) return { ...features, schemaVersion: 1 };
  throw new PipelineError('ARTEFACT_INVALID', `${engineFiles.features} is of another version`);
}

/** Opens the from-scratch engine. @throws PipelineError `ARTEFACT_INVALID`. */
export async function openScratchEngine(files: ArtefactFiles): Promise<OpenEngine> {
  const features = readText(files, engineFiles.features, readFeatures);
  const vectorise = createVectoriser(features);
  const graph = await openGraph(files, engineFiles.model);
  const bias = features.hashes.length;
  const scoreOne = (text: string): Float32Array => {
    const { indices, values } = vectorise(text);
    const entries = indices.length + 1;
    const columns = new Int32Array(entries).fill(bias);
    const weights = new Float32Array(entries).fill(1);
    columns.set(indices);
    weights.set(values);
    const { scores } = graph.run({
      [linearTextGraph.columns]: new Tensor('int32', columns, [entries]),
      [linearTextGraph.values]: new Tensor('float32', weights, [1, entries]),
    });
    return scores!.data as Float32Array;
  };
  return {
    // One run per text, because each text has its own columns.
    async scores(texts) {
      const scores: Float32Array[] = [];
      for (const [i, text] of texts.entries()) {
        if (i > 0) await nextTurn();
        scores.push(scoreOne(text));
      }
      return scores;
    },
    close: () => graph.close(),
  };
}

/** `encoder.json`. */
const encoderSettings = z.strictObject({ maximumLength: z.int().min(1) });

/** Opens the engine of a frozen or fine-tuned encoder. @throws PipelineError `ARTEFACT_INVALID`. */
export async function openEncoderEngine(files: ArtefactFiles): Promise<OpenEngine> {
  const { maximumLength } = readJson(files, engineFiles.encoder, encoderSettings);
  // Batches of one text: in an int8 graph a text's scores depend on its batch.
  const session = await openArtefactEncoder(files, engineFiles, { maximumLength, threads: 1 });
  return { scores: (texts) => session.logits(texts), close: () => session.close() };
}

/** Opens the engine of an artefact. @throws PipelineError `ARTEFACT_INVALID`. */
export const openEngine = (engine: Decision['engine'], files: ArtefactFiles): Promise<OpenEngine> =>
  engine === 'from-scratch' ? openScratchEngine(files) : openEncoderEngine(files);
