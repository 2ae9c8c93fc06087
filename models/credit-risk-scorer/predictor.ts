import { InferenceSession, Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles, Predictor } from '../../contracts/model-definition.js';
import { boostingGraph } from '../../learning/gradient-boosting/index.js';
import type { CreditRisk } from './evaluation.js';
import { encode, encodedWidth, inputSchema, preprocessing, type Cell, type Preprocessing } from './preprocessing.js';

const output: z.ZodType<CreditRisk> = z.strictObject({ probability: z.number().min(0).max(1) });

function requireFile(files: ArtefactFiles, name: string): Uint8Array {
  const bytes = files[name];
  if (bytes) return bytes;
  throw new PipelineError('ARTEFACT_INVALID', `the artefact has no file ${name}`, { file: name });
}

function readPreprocessing(bytes: Uint8Array): Preprocessing {
  try {
    return preprocessing.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    const file = 'preprocessing.json';
    throw new PipelineError('ARTEFACT_INVALID', `${file} is not an encoding this version reads`, { file }, { cause });
  }
}

async function openGraph(bytes: Uint8Array): Promise<InferenceSession> {
  try {
    // One thread: the caller runs several predictors side by side, and sums keep one order.
    return await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  } catch (cause) {
    const file = 'model.onnx';
    throw new PipelineError('ARTEFACT_INVALID', `${file} is not a graph that the runtime loads`, { file }, { cause });
  }
}

async function runGraph(session: InferenceSession, values: Float32Array, rows: number): Promise<Float32Array> {
  const { input, probability } = boostingGraph;
  const features = new Tensor('float32', values, [rows, values.length / rows]);
  const answer = await session.run({ [input]: features }, [probability]);
  return answer[probability]!.data as Float32Array;
}

/**
 * Loads an artefact: features by name in, probability of default out. Values are encoded as in training; missing and
 * unknown categories take the direction that the trees learned for missing values.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openPredictor(files: ArtefactFiles): Promise<Predictor<Record<string, Cell>, CreditRisk>> {
  const state = readPreprocessing(requireFile(files, 'preprocessing.json'));
  const session = await openGraph(requireFile(files, 'model.onnx'));
  const width = encodedWidth(state);
  return {
    input: inputSchema(state),
    output,
    async predict(inputs) {
      if (inputs.length === 0 || width === 0) return [];
      const values = encode(state, inputs.length, (row, feature) => inputs[row]?.[feature]);
      const probabilities = await runGraph(session, values, inputs.length);
      return Array.from(probabilities, (probability) => ({ probability }));
    },
    close: () => session.release(),
  };
}
