import type { z } from 'zod';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { AttributionMethod, Explained, InputCoverage, Predictor } from '../contracts/model-definition.js';
import { nextTurn, type VariantName } from '../learning/artefact/index.js';
import type { ArtefactManifest, DataVersion } from '../registry/artefacts.js';
import { fieldsOf } from '../contracts/describe-fields.js';
import { describeIssues } from '../contracts/describe-issue.js';

/** What an input lacked, and whether it was answered all the same. */
export interface AnswerCoverage extends InputCoverage {
  /** True when fewer inputs than `fewestKnown` were known: there is no output then. */
  readonly abstained: boolean;
}

/** An artefact that is open. */
export interface OpenArtefact {
  readonly predictor: Predictor;
  readonly manifest: ArtefactManifest;
  /** Names that labels of people may hold, as far as this version knows; absent for a model without such labels. */
  readonly learnedNames?: readonly string[];
  /** The number format that answers; absent: the usual one. */
  readonly variant?: VariantName;
  /** A request of the sample stored at its training; it is no person's row. */
  readonly sampleInput?: unknown;
}

/** What is asked of an open artefact. */
export interface Question {
  readonly inputs: readonly unknown[];
  /** Whether each answer is explained too. @default false */
  readonly explain?: boolean;
  /** How texts are explained. @default the model's own way */
  readonly method?: AttributionMethod | undefined;
  /** Whether the inputs are so many that checking and answering them are turns of the event loop each. @default false */
  readonly isLarge?: boolean;
  /** Feature views and states that the inputs were made of: the version must have been trained with the same ones. */
  readonly reads?: readonly DataVersion[];
}

/** Answers of one predictor. */
export interface Answers {
  /** In the order of the inputs; null where the version abstained, and `coverage` says why. */
  readonly outputs: unknown[];
  /** Why each answer came out so, in the order of the inputs; only when it was asked for. */
  readonly explanations?: unknown[];
  /** What each input lacked, in the order of the inputs; absent for a version that needs all of them. */
  readonly coverage?: AnswerCoverage[];
}

/**
 * Answers inputs as a caller sends them: parsed, with what each lacks, explained when that is asked for.
 * @throws PipelineError `INVALID_INPUT` naming input and field, or saying that the model explains nothing
 *   or not by the method; `FEATURE_VERSION_MISMATCH`; whatever the predictor throws.
 */
export async function answer({ predictor, manifest }: OpenArtefact, question: Question): Promise<Answers> {
  requireSameVersions(manifest, question.reads ?? []);
  const inputs = acceptedOf(predictor, question.inputs) ?? parseInputs(predictor.input, question.inputs);
  if (question.isLarge) await nextTurn();
  return answerCovered(predictor, inputs, (answerable) =>
    question.explain
      ? explainInputs(manifest.modelName, predictor, { inputs: answerable, method: question.method })
      : predictInputs(predictor, answerable),
  );
}

/** The inputs when all of them plainly fit, else null. */
function acceptedOf(predictor: Predictor, inputs: readonly unknown[]): unknown[] | null {
  if (predictor.accept === undefined) return null;
  const accepted: unknown[] = [];
  for (const input of inputs) {
    const taken = predictor.accept(input);
    if (taken === null) return null;
    accepted.push(taken);
  }
  return accepted;
}

/** @throws PipelineError `FEATURE_VERSION_MISMATCH` naming both versions; an old artefact recorded none. */
function requireSameVersions({ reads: trained }: ArtefactManifest, served: readonly DataVersion[]): void {
  if (trained === undefined) return;
  for (const { kind, name, version } of served) {
    const found = trained.find((each) => each.kind === kind && each.name === name)?.version ?? null;
    if (found !== version) throw pipelineError('FEATURE_VERSION_MISMATCH', { name, trained: found, served: version });
  }
}

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

async function explainInputs(
  modelName: string,
  predictor: Predictor,
  { inputs, method }: Pick<Question, 'inputs' | 'method'>,
): Promise<Answers> {
  if (predictor.explain === undefined)
    throw new PipelineError('INVALID_INPUT', `${modelName} cannot explain its answers`, { modelName });
  if (method !== undefined) requireMethod(modelName, predictor, method);
  const explained: Explained[] = [];
  for (const input of inputs) explained.push(await predictor.explain(input, method));
  return {
    outputs: explained.map(({ output }) => output),
    explanations: explained.map(({ explanation }) => explanation),
  };
}

/** @throws PipelineError `INVALID_INPUT` saying which methods there are. */
function requireMethod(modelName: string, { attributionMethods = [] }: Predictor, method: AttributionMethod): void {
  if (attributionMethods.includes(method)) return;
  const wanted = attributionMethods.length > 0 ? attributionMethods.join(' or ') : 'none, as it has one way to explain';
  const message = `method: found ${method}, wanted ${wanted}`;
  throw new PipelineError('INVALID_INPUT', message, { modelName, fields: [message] });
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
