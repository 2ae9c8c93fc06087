import { z } from 'zod';
import type { Stage } from '../contracts/ids.js';
import type { ModelRegistry } from '../contracts/registry.js';
import type { VariantName } from '../learning/artefact/index.js';
import { findModel } from '../models/catalogue.js';
import { chooseVersion } from '../registry/choose-version.js';
import { answer, type Answers, type Question } from './answer.js';
import type { PredictorPool } from './predictor-pool.js';

export interface PredictRequest extends Question {
  readonly services: { readonly registry: ModelRegistry; readonly predictors: PredictorPool };
  readonly modelName: string;
  readonly line: string;
  /** This version; else the one in `stage`; else the champion of the line. */
  readonly version?: string;
  readonly stage?: Stage;
  /** The number format that answers. @default the usual one */
  readonly variant?: VariantName | undefined;
}

export interface PredictAnswer extends Answers {
  /** Which version answered, and in which stage it is. */
  readonly version: string;
  readonly stage: Stage;
  readonly variant?: VariantName;
  /** The snapshot it was trained on; null when it was trained from a file. */
  readonly snapshotHash: string | null;
}

/**
 * Answers with a registered version through the same predictor that evaluation used.
 * @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`, `INVALID_INPUT` naming input and field, or saying that the
 *   model explains nothing; `FEATURE_VERSION_MISMATCH`.
 */
export async function predict(request: PredictRequest): Promise<PredictAnswer> {
  const { services, modelName, variant } = request;
  await findModel(modelName); // an unknown model is refused before its versions are looked for
  const record = await chooseVersion(services.registry, request);
  const answers = await services.predictors.use({ ...record, variant }, (predictor, manifest) =>
    answer({ predictor, manifest }, request),
  );
  const { version, stage, dataset } = record;
  const snapshotHash = dataset.origin.kind === 'snapshot' ? dataset.origin.snapshotHash : null;
  return { ...answers, version, stage, ...(variant && { variant }), snapshotHash };
}

/** The input a version wants, as JSON schema, for documentation and forms. */
export async function inputSchemaOf(
  services: PredictRequest['services'],
  { modelName, line, version }: Pick<PredictRequest, 'modelName' | 'line' | 'version'>,
): Promise<unknown> {
  const wanted = { services, modelName, line, inputs: [], ...(version === undefined ? {} : { version }) };
  const record = await chooseVersion(services.registry, wanted);
  return services.predictors.use(record, ({ input }) => z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }));
}
