import type { TrainingData } from '../contracts/dataset.js';
import type { ArtefactFiles, ModelDefinition, Predictor, TrainContext } from '../contracts/model-definition.js';
import { SAMPLE_FILE } from '../inference/sample.js';
import { asVariantFiles, filesOfVariant, variantsOf, writeJson } from '../learning/artefact/index.js';
import { TABLE_SCHEMA_FILE } from '../learning/tabular/table-format/index.js';
import { signatureOf } from './version-hashes.js';

async function sampleFile(model: ModelDefinition, predictor: Predictor, data: TrainingData): Promise<Uint8Array> {
  const inputs = model.sampleInputs(predictor, data);
  const outputs = await predictor.predict(inputs.map((input) => predictor.input.parse(input)));
  return writeJson({ inputs, outputs });
}

/** The schema of a table of any layout, from which predictor, card and template follow. */
const tableFile = ({ schema: { table } }: TrainingData): ArtefactFiles =>
  table === undefined ? {} : { [TABLE_SCHEMA_FILE]: writeJson(table) };

/** A complete artefact and the hash of its predictor's interface. */
export interface TrainedArtefact {
  readonly files: ArtefactFiles;
  readonly signatureHash: string;
}

/**
 * Trains, and adds the sample that the smoke test replays.
 * @throws PipelineError as the model's `train`.
 */
export async function trainArtefact(
  model: ModelDefinition,
  context: TrainContext,
  data: TrainingData,
  params: unknown,
): Promise<TrainedArtefact> {
  const trained = { ...(await model.train(context, data, params)), ...tableFile(data) };
  const predictor = await model.predictor(trained);
  try {
    const files = { ...trained, [SAMPLE_FILE]: await sampleFile(model, predictor, data) };
    return {
      files: { ...files, ...(await samplesOfVariants(model, trained, data)) },
      signatureHash: signatureOf(predictor),
    };
  } finally {
    await predictor.close();
  }
}

/** A variant answers otherwise within its precision, so it has a sample of its own. */
async function samplesOfVariants(model: ModelDefinition, files: ArtefactFiles, data: TrainingData) {
  const samples: ArtefactFiles[] = [];
  for (const variant of variantsOf(files)) {
    const predictor = await model.predictor(filesOfVariant(files, variant));
    try {
      samples.push(asVariantFiles(variant, { [SAMPLE_FILE]: await sampleFile(model, predictor, data) }));
    } finally {
      await predictor.close();
    }
  }
  return Object.assign({}, ...samples) as ArtefactFiles;
}
