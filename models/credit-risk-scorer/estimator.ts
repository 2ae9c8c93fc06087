import type { TrainingData } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles, TrainContext } from '../../contracts/model-definition.js';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { gradientBoosting, toOnnx } from '../../learning/gradient-boosting/index.js';
import { matrix } from '../../learning/matrix/index.js';
import { encodeState } from '../../learning/state-json.js';
import { numberColumn } from '../../learning/table.js';
import type { CreditParams } from './params.js';
import { openPredictor } from './predictor.js';
import { encodeTable, encodedWidth, fitPreprocessing, type Preprocessing } from './preprocessing.js';
import { sampleInputs } from './sample.js';

/** Below this a tree has nothing to split and every measure is noise. */
const FEWEST_ROWS = 30;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @throws PipelineError `TOO_FEW_ROWS`, `MISSING_COLUMN`, `NOT_FINITE`, `INVALID_VALUE`, `SINGLE_CLASS`. */
function requireLabels({ schema, table }: TrainingData): Float64Array {
  const labels = numberColumn(table, schema.label);
  const details = { line: schema.line, column: schema.label };
  if (labels.length < FEWEST_ROWS) {
    const message = `${labels.length} rows to learn from, wanted at least ${FEWEST_ROWS}`;
    throw new PipelineError('TOO_FEW_ROWS', message, details);
  }
  labels.forEach((label, i) => {
    const [row, where] = [i + 1, `row ${i + 1}, column "${schema.label}"`];
    if (Number.isNaN(label))
      throw new PipelineError('NOT_FINITE', `${where}: the label is missing`, { ...details, row });
    if (label !== 0 && label !== 1)
      throw new PipelineError('INVALID_VALUE', `${where}: found ${label}, wanted 0 or 1`, { ...details, row });
  });
  if (labels.every((label) => label === labels[0])) {
    const message = `all ${labels.length} labels in training are ${labels[0]}, so there is nothing to learn`;
    throw new PipelineError('SINGLE_CLASS', message, details);
  }
  return labels;
}

/** −1, 0 or 1 an input column; empty when no feature is constrained. */
function monotoneDirections({ schema }: TrainingData, { features }: Preprocessing): (-1 | 0 | 1)[] {
  const direction = new Map<string, -1 | 0 | 1>(schema.features.map(({ name, monotone }) => [name, monotone ?? 0]));
  const directions = features.flatMap((feature): (-1 | 0 | 1)[] =>
    feature.kind === 'numeric' ? [direction.get(feature.name) ?? 0] : feature.categories.map(() => 0),
  );
  return directions.some((value) => value !== 0) ? directions : [];
}

function fitTrees(context: TrainContext, data: TrainingData, state: Preprocessing, params: CreditParams) {
  const y = requireLabels(data);
  // The graph takes float32, so the trees are grown on float32 values: a threshold then means the same on both sides.
  const encoded = Float64Array.from(encodeTable(state, data.table));
  const { learningRate, colsampleByTree, ...rest } = params;
  const settings = {
    ...rest,
    eta: learningRate,
    colsample: colsampleByTree,
    monotone: monotoneDirections(data, state),
  };
  return gradientBoosting.fit(settings, matrix(data.table.rowCount, encodedWidth(state), encoded), y, context);
}

/**
 * Gradient-boosted trees on the encoded features. The artefact holds the graph (`model.onnx`), the encoding
 * (`preprocessing.json`), the trees (`trees.json`, for explanations) and requests with their answers (`sample.json`).
 * Deterministic: the same data, parameters and seed give the same bytes.
 * @throws PipelineError `TOO_FEW_ROWS`, `SINGLE_CLASS`, `NOT_FINITE`, `INVALID_VALUE`, `MISSING_COLUMN`.
 */
export async function train(context: TrainContext, data: TrainingData, params: CreditParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const state = fitPreprocessing(data.schema, data.table);
  const trees = fitTrees(context, data, state, params);
  const files = {
    'model.onnx': toOnnx(trees),
    'preprocessing.json': utf8(canonicalJson(state)),
    'trees.json': utf8(encodeState(trees)),
  };
  const predictor = await openPredictor(files);
  const inputs = sampleInputs(state, data.table);
  const outputs = await predictor.predict(inputs);
  await predictor.close();
  return { ...files, 'sample.json': utf8(canonicalJson({ inputs, outputs })) };
}
