import { Tensor } from 'onnxruntime-node';
import { PipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import {
  createVectoriser,
  fitLinearText,
  linearTextGraph,
  linearTextParams,
  linearTextToOnnx,
  type TextFeatures,
} from '../../../learning/text/linear-text/index.js';
import { decodeState, encodeState } from '../../../learning/artefact/state-json.js';
import { openGraph, readText, utf8 } from '../../../learning/artefact/index.js';
import { type FitEngine, type OpenEngine, targetsOf } from './engine.js';
import type { IntentParams } from '../params.js';

const linearParams = ({ inversePenalty, wordGrams, letterGrams }: IntentParams, several: boolean) =>
  linearTextParams.parse({
    c: inversePenalty,
    wordGrams,
    longestLetterGram: letterGrams,
    link: several ? 'logistic' : 'softmax',
  });

/** Regression on hashed n-grams; needs nothing but the messages. */
export const fitScratch: FitEngine = (context, { classes, several, examples, params }) => {
  const targets = { classes: classes.length, values: targetsOf(examples, classes) };
  const texts = examples.map(({ text }) => text);
  const state = fitLinearText(context, texts, targets, linearParams(params, several));
  return Promise.resolve({
    'model.onnx': linearTextToOnnx(state),
    'features.json': utf8(encodeState(state.features)),
  });
};

function readFeatures(text: string): TextFeatures {
  const features = decodeState(text) as Omit<TextFeatures, 'schemaVersion'> & { readonly schemaVersion: number };
  const sound = features.hashes instanceof Int32Array && features.rarity.length === features.hashes.length;
  if (features.schemaVersion === 1 && sound) return { ...features, schemaVersion: 1 };
  throw new PipelineError('ARTEFACT_INVALID', 'features.json is of another version');
}

/** @throws PipelineError `ARTEFACT_INVALID`. */
export async function openScratch(files: ArtefactFiles): Promise<OpenEngine> {
  const features = readText(files, 'features.json', readFeatures);
  const vectorise = createVectoriser(features);
  const session = await openGraph(files, 'model.onnx');
  const bias = features.hashes.length;
  const scoreOne = async (text: string): Promise<Float32Array> => {
    const { indices, values } = vectorise(text);
    const entries = indices.length + 1;
    const columns = new Int32Array(entries).fill(bias);
    const weights = new Float32Array(entries).fill(1);
    columns.set(indices);
    weights.set(values);
    const { scores } = await session.run({
      [linearTextGraph.columns]: new Tensor('int32', columns, [entries]),
      [linearTextGraph.values]: new Tensor('float32', weights, [1, entries]),
    });
    return scores!.data as Float32Array;
  };
  return {
    // Each text has its own set of columns, so each is a run of its own: a batch is one by one by construction.
    async scores(texts) {
      const found: Float32Array[] = [];
      for (const text of texts) found.push(await scoreOne(text));
      return found;
    },
    close: () => session.release(),
  };
}
