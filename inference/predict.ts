import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';
import type { Stage } from '../contracts/ids.js';
import type { ModelDefinition, Predictor } from '../contracts/model-definition.js';
import type { ModelRegistry } from '../contracts/registry.js';
import { findModel } from '../models/catalogue.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { chooseVersion } from '../registry/choose-version.js';
import { withPredictor } from './predictor-pool.js';

export interface PredictRequest {
  readonly services: { readonly registry: ModelRegistry; readonly blobs: BlobStore };
  readonly modelName: string;
  readonly line: string;
  /** This version; else the one in `stage`; else the champion of the line. */
  readonly version?: string;
  readonly stage?: Stage;
  readonly inputs: readonly unknown[];
  /** Whether each answer is explained too. @default false */
  readonly explain?: boolean;
}

export interface PredictAnswer {
  /** In the order of the inputs. */
  readonly outputs: unknown[];
  /** Why each answer came out so, in the order of the inputs; only when it was asked for. */
  readonly explanations?: unknown[];
  /** Which version answered, and in which stage it is. */
  readonly version: string;
  readonly stage: Stage;
  /** The snapshot it was trained on; null when it was trained from a file. */
  readonly snapshotHash: string | null;
}

/**
 * Answers with a registered version through the same predictor that evaluation used.
 * @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`, `INVALID_INPUT` naming input and field, or saying that the
 *   model explains nothing.
 */
export async function predict(request: PredictRequest): Promise<PredictAnswer> {
  const { services, modelName } = request;
  const model = await findModel(modelName);
  if (request.explain) requireExplain(model);
  const record = await chooseVersion(services.registry, request);
  const answers = await withPredictor(services.blobs, record, async (predictor) => {
    const inputs = parseInputs(predictor, request.inputs);
    const outputs = inputs.length === 0 ? [] : await predictor.predict(inputs);
    const explanations = request.explain ? { explanations: await explainInputs(model, predictor, inputs) } : {};
    return { outputs, ...explanations };
  });
  const { version, stage, dataset } = record;
  const snapshotHash = dataset.origin.kind === 'snapshot' ? dataset.origin.snapshotHash : null;
  return { ...answers, version, stage, snapshotHash };
}

function requireExplain(model: ModelDefinition): void {
  const { name } = model;
  if (model.explain === undefined)
    throw new PipelineError('INVALID_INPUT', `${name} cannot explain its answers`, { modelName: name });
}

async function explainInputs(
  model: ModelDefinition,
  predictor: Predictor,
  inputs: readonly unknown[],
): Promise<unknown[]> {
  const explanations: unknown[] = [];
  for (const input of inputs) explanations.push(await model.explain?.(predictor, input));
  return explanations;
}

function parseInputs(predictor: Predictor, inputs: readonly unknown[]): unknown[] {
  return inputs.map((input, index) => {
    const parsed = predictor.input.safeParse(input);
    if (parsed.success) return parsed.data;
    const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
    const where = inputs.length === 1 ? '' : `input ${index}: `;
    throw new PipelineError('INVALID_INPUT', `${where}${fields.join('; ')}`, { index, fields });
  });
}

/** The input a version wants, as JSON schema, for documentation and forms. */
export async function inputSchemaOf(
  services: PredictRequest['services'],
  { modelName, line, version }: Pick<PredictRequest, 'modelName' | 'line' | 'version'>,
): Promise<unknown> {
  const wanted = { services, modelName, line, inputs: [], ...(version === undefined ? {} : { version }) };
  const record = await chooseVersion(services.registry, wanted);
  return withPredictor(services.blobs, record, ({ input }) =>
    z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }),
  );
}
