import { type InferenceSession, type OnnxValue } from 'onnxruntime-node';
import { binding, initOrt } from 'onnxruntime-node/dist/binding.js';
import { PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import { requireFile } from './files.js';
import { nextTurn } from './next-turn.js';

/** Values of a graph's inputs or outputs by name. */
type GraphValues = Readonly<Record<string, OnnxValue>>;

/** An open ONNX graph. */
export interface Graph {
  readonly outputNames: readonly string[];
  /**
   * Runs the graph in the calling turn of the event loop.
   * @param outputs - wanted ones; @default all
   */
  run(inputs: GraphValues, outputs?: readonly string[]): Readonly<Record<string, OnnxValue>>;
  /** Frees its memory; the graph cannot run afterwards. */
  close(): Promise<void>;
}

const options: InferenceSession.SessionOptions = { intraOpNumThreads: 1, interOpNumThreads: 1 };

/**
 * Opens an ONNX graph of an artefact on one thread: several predictors run side by side, and with one thread sums keep
 * one order. The runtime's own `InferenceSession.run` computes as synchronously, but in a later turn of the event loop,
 * which costs a small graph more than its work (docs/adr/0237-graphs-run-in-the-calling-turn.md).
 * @throws PipelineError `ARTEFACT_INVALID` when the file is absent or the runtime refuses it.
 */
export async function openGraph(files: ArtefactFiles, file: string): Promise<Graph> {
  const bytes = requireFile(files, file);
  await nextTurn(); // an artefact may have dozens of graphs, and loading one takes milliseconds
  try {
    return graphOf(bytes);
  } catch (cause) {
    throw new PipelineError('ARTEFACT_INVALID', `${file} is not a graph that the runtime loads`, { file }, { cause });
  }
}

function graphOf(bytes: Uint8Array): Graph {
  initOrt();
  const session = new binding.InferenceSession();
  const { buffer, byteOffset, byteLength } = bytes as Uint8Array<ArrayBuffer>;
  session.loadModel(buffer, byteOffset, byteLength, options);
  const outputNames = session.outputMetadata.map(({ name }) => name);
  return {
    outputNames,
    run(inputs, outputs = outputNames) {
      const wanted: Record<string, OnnxValue | null> = {};
      for (const name of outputs) wanted[name] = null;
      return session.run(inputs, wanted, {});
    },
    close() {
      session.dispose();
      return Promise.resolve();
    },
  };
}
