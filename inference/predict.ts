import { z } from 'zod';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { Stage } from '../contracts/ids.js';
import type { Explained, InputCoverage, Predictor } from '../contracts/model-definition.js';
import type { ModelRegistry } from '../contracts/registry.js';
import { findModel } from '../models/catalogue.js';
import type { ArtefactManifest, DataVersion } from '../registry/artefacts.js';
import { chooseVersion } from '../registry/choose-version.js';
import { fieldsOf } from '../contracts/describe-fields.js';
import { describeIssues } from '../contracts/describe-issue.js';
import type { PredictorPool } from './predictor-pool.js';

/** What an input lacked, and whether it was answered all the same. */
export interface AnswerCoverage extends InputCoverage {
  /** True when fewer inputs than `fewestKnown` were known: there is no output then. */
  readonly abstained: boolean;
}

export interface PredictRequest {
  readonly services: { readonly registry: ModelRegistry; readonly predictors: PredictorPool };
  readonly modelName: string;
  readonly line: string;
  /** This version; else the one in `stage`; else the champion of the line. */
  readonly version?: string;
  readonly stage?: Stage;
  readonly inputs: readonly unknown[];
  /** Whether each answer is explained too. @default false */
  readonly explain?: boolean;
  /** Feature views and states that the inputs were made of: the version must have been trained with the same ones. */
  readonly reads?: readonly DataVersion[];
}

export interface PredictAnswer {
  /** In the order of the inputs; null where the version abstained, and `coverage` says why. */
  readonly outputs: unknown[];
  /** Why each answer came out so, in the order of the inputs; only when it was asked for. */
  readonly explanations?: unknown[];
  /** What each input lacked, in the order of the inputs; absent for a version that needs all of them. */
  readonly coverage?: AnswerCoverage[];
  /** Which version answered, and in which stage it is. */
  readonly version: string;
  readonly stage: Stage;
  /** The snapshot it was trained on; null when it was trained from a file. */
  readonly snapshotHash: string | null;
}

/**
 * Answers with a registered version through the same predictor that evaluation used.
 * @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`, `INVALID_INPUT` naming input and field, or saying that the
 *   model explains nothing; `FEATURE_VERSION_MISMATCH`.
 */
export async function predict(request: PredictRequest): Promise<PredictAnswer> {
  const { services, modelName } = request;
  await findModel(modelName); // an unknown model is refused before its versions are looked for
  const record = await chooseVersion(services.registry, request);
  const answers = await services.predictors.use(record, (predictor, manifest) => {
    requireSameVersions(manifest, request.reads ?? []);
    const inputs = parseInputs(predictor.input, request.inputs);
    return answerCovered(predictor, inputs, (answerable) =>
      request.explain ? explainInputs(modelName, predictor, answerable) : predictInputs(predictor, answerable),
    );
  });
  const { version, stage, dataset } = record;
  const snapshotHash = dataset.origin.kind === 'snapshot' ? dataset.origin.snapshotHash : null;
  return { ...answers, version, stage, snapshotHash };
}

/** @throws PipelineError `FEATURE_VERSION_MISMATCH` naming both versions; an old artefact recorded none. */
function requireSameVersions({ reads: trained }: ArtefactManifest, served: readonly DataVersion[]): void {
  if (trained === undefined) return;
  for (const { kind, name, version } of served) {
    const found = trained.find((each) => each.kind === kind && each.name === name)?.version ?? null;
    if (found !== version) throw pipelineError('FEATURE_VERSION_MISMATCH', { name, trained: found, served: version });
  }
}

type Answers = Pick<PredictAnswer, 'outputs' | 'explanations' | 'coverage'>;

function coverageOf(found: InputCoverage): AnswerCoverage {
  const { missing, inputs, fewestKnown } = found;
  return { ...found, abstained: inputs - missing.length < fewestKnown };
}

/** Answers the inputs that bring enough; the others get null. */
async function answerCovered(
  predictor: Predictor,
  inputs: readonly unknown[],
  answer: (inputs: readonly unknown[]) => Promise<Answers>,
): Promise<Answers> {
  if (predictor.coverage === undefined) return answer(inputs);
  const coverage = inputs.map((input) => coverageOf(predictor.coverage!(input)));
  const answered = await answer(inputs.filter((_, i) => !coverage[i]!.abstained));
  const spread = (values: readonly unknown[]): unknown[] => {
    const next = values.values();
    return coverage.map(({ abstained }) => (abstained ? null : next.next().value));
  };
  const { outputs, explanations } = answered;
  return { outputs: spread(outputs), ...(explanations && { explanations: spread(explanations) }), coverage };
}

const predictInputs = async (predictor: Predictor, inputs: readonly unknown[]): Promise<Answers> => ({
  outputs: inputs.length === 0 ? [] : await predictor.predict(inputs),
});

async function explainInputs(modelName: string, predictor: Predictor, inputs: readonly unknown[]): Promise<Answers> {
  if (predictor.explain === undefined)
    throw new PipelineError('INVALID_INPUT', `${modelName} cannot explain its answers`, { modelName });
  const explained: Explained[] = [];
  for (const input of inputs) explained.push(await predictor.explain(input));
  return {
    outputs: explained.map(({ output }) => output),
    explanations: explained.map(({ explanation }) => explanation),
  };
}

/** @throws PipelineError `INVALID_INPUT` naming the input, when there are several, and the field. */
export function parseInputs<Input>(schema: z.ZodType<Input>, inputs: readonly unknown[]): Input[] {
  return inputs.map((input, index) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return parsed.data;
    const fields = describeIssues(parsed.error, input, () => fieldsOf(schema));
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
  return services.predictors.use(record, ({ input }) => z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }));
}
