import type { ColumnSpec, TrainingData } from '../../contracts/dataset.js';
import type { ArtefactFiles, ComputeContext, TrainContext } from '../../contracts/model-definition.js';
import { openGraph, readJson, runGraph, writeJson } from '../artefact/index.js';
import { requireAtLeast } from '../checks.js';
import { numberColumn } from '../table.js';
import { boostingGraph, openBoostingFits, toOnnx, type GradientBoostingParams } from './gradient-boosting/index.js';
import {
  encodedWidth,
  encodeInputs,
  encodeMatrix,
  fitPreprocessing,
  inputSchema,
  monotoneDirections,
  preprocessing,
  rowCoverage,
  type RowInput,
  type RowPredictor,
} from './preprocessing/index.js';

/** Below this a tree has nothing to split and every measure is noise. */
const FEWEST_ROWS = 30;
const GRAPH = 'model.onnx';
const PREPROCESSING = 'preprocessing.json';

/**
 * Gradient-boosted trees on the features of a table, as files of an artefact: `model.onnx` and `preprocessing.json`.
 * Unknown values take the direction that each tree learned; `monotone` features keep theirs. Deterministic.
 * @param data - labels 0 and 1 for the objective `logistic`, else finite numbers.
 * @throws PipelineError `TOO_FEW_ROWS`, `MISSING_COLUMN`, `NOT_FINITE`, `INVALID_VALUE`, `SINGLE_CLASS`.
 */
export async function fitTreeArtefact(
  context: Pick<TrainContext, keyof ComputeContext | 'checkpoint'>,
  { schema, table }: TrainingData,
  params: Partial<GradientBoostingParams>,
): Promise<ArtefactFiles> {
  requireAtLeast('rows to learn from', table.rowCount, FEWEST_ROWS, { line: schema.line });
  const labels = numberColumn(table, schema.label);
  const state = fitPreprocessing(schema, table);
  const settings = { ...params, monotone: monotoneDirections(schema, state) };
  const fits = await openBoostingFits(context.checkpoint);
  const trees = await fits.fit(settings, encodeMatrix(state, table), labels, context);
  return { [GRAPH]: toOnnx(trees), [PREPROCESSING]: writeJson(state) };
}

/** An opened artefact of `fitTreeArtefact`: all of a predictor but the form of its answers. */
export interface TreeArtefact extends Pick<RowPredictor, 'features' | 'input' | 'coverage'> {
  /** @returns (inputs,) the probability of label 1 for `logistic`, else the prediction in the label's unit. */
  readonly answer: (inputs: readonly RowInput[]) => Promise<Float32Array>;
  readonly close: () => Promise<void>;
}

/**
 * Opens what `fitTreeArtefact` wrote.
 * @param columns - whose descriptions the input schema shows.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openTreeArtefact(
  files: ArtefactFiles,
  columns: readonly ColumnSpec[] = [],
): Promise<TreeArtefact> {
  const state = readJson(files, PREPROCESSING, preprocessing);
  const graph = await openGraph(files, GRAPH);
  const { input, margin, probability } = boostingGraph;
  const output = graph.outputNames.includes(probability) ? probability : margin;
  const described = new Map(columns.map(({ name, description }) => [name, description]));
  return {
    features: state.features,
    input: inputSchema(state, (name) => described.get(name) ?? name),
    coverage: (input) => rowCoverage(state, input),
    answer(inputs) {
      if (inputs.length === 0 || encodedWidth(state) === 0) return Promise.resolve(new Float32Array(inputs.length));
      const names = { input, outputs: [output] };
      return Promise.resolve(runGraph(graph, names, encodeInputs(state, inputs), inputs.length)[output]);
    },
    close: () => graph.close(),
  };
}
