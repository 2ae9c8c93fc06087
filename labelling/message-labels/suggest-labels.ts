import type { LabelSuggestion, MessageLabelling } from '../../contracts/labelling.js';
import type { ComputeContext, Predictor } from '../../contracts/model-definition.js';
import { openPredictor } from '../../inference/predictor-pool.js';
import { findModel } from '../../models/catalogue.js';
import type { JobStores } from '../../platform/child-process/define-job.js';
import { loadArtefact } from '../../registry/artefacts.js';
import type { LabelledModel } from '../find-labelled.js';

/** Messages between two looks at the cancellation signal. */
const BATCH = 256;

type Control = Pick<ComputeContext, 'signal' | 'onProgress'>;

async function predictAll(predictor: Predictor, texts: readonly string[], { signal, onProgress }: Control) {
  const outputs: unknown[] = [];
  for (let start = 0; start < texts.length; start += BATCH) {
    signal.throwIfAborted();
    const inputs = texts.slice(start, start + BATCH).map((text) => predictor.input.parse({ text }));
    outputs.push(...(await predictor.predict(inputs)));
    onProgress({ stage: 'suggesting labels', done: outputs.length, total: texts.length });
  }
  return outputs;
}

/** Where a test runs the job by itself. */
const unchecked = (): Promise<void> => Promise.resolve();

/** What an artefact would answer to each text, in their order. @throws PipelineError `BLOB_NOT_FOUND`, `ARTEFACT_INVALID`. */
export async function suggestLabels(
  { blobs, requireSigned = unchecked, ...control }: Control & Pick<JobStores, 'blobs' | 'requireSigned'>,
  { modelName, labelling, artefactHash }: LabelledModel<MessageLabelling['kind']> & { readonly artefactHash: string },
  texts: readonly string[],
): Promise<LabelSuggestion[]> {
  const learned = labelling.readLearned((await loadArtefact(blobs, artefactHash)).files);
  const predictor = await openPredictor({ blobs, findModel, requireSigned }, { modelName, artefactHash });
  try {
    const outputs = await predictAll(predictor, texts, control);
    return outputs.map((output) => labelling.suggest(output, learned));
  } finally {
    await predictor.close();
  }
}
