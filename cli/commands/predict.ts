import type { Command } from 'commander';
import { Option } from 'commander';
import { PipelineError } from '../../contracts/errors.js';
import { isSynthetic, lineOfSource, stages, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import type { Stage } from '../../contracts/ids.js';
import { type AttributionMethod, attributionMethods } from '../../contracts/model-definition.js';
import type { CliContext, Connection } from '../program/context.js';
import { LINE_OPTION, semanticVersionOption } from '../program/options.js';
import { printCoverage } from '../views/coverage-view.js';
import { printExplanation } from '../views/explanation-view.js';
import { formatAsOf, formatTime, GENERATED_DATA_END, shortHash } from '../output/format.js';
import type { Output } from '../output/output.js';
import { printText } from '../output/print-text.js';
import { type VariantName, variantNames } from '../../learning/artefact/variants.js';
import type { PredictAnswer } from '../../inference/predict.js';
import type { ReferenceAnswer } from '../../inference/predict-by-reference.js';
import type { ReadState } from '../../inference/request-features.js';
import { readJsonInput } from '../program/json-input.js';

interface PredictOptions {
  readonly input?: string;
  readonly schema?: true;
  readonly line?: string;
  readonly stage?: Stage;
  readonly version?: string;
  readonly variant?: VariantName;
  readonly explain?: true;
  readonly method?: AttributionMethod;
  readonly customer?: string;
  readonly source?: string;
}

/** `ml predict <model>`. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('predict')
    .summary('answer one question with a registered version')
    .description('Answers one input, or a list of them, with a registered version and says which one answered.')
    .argument('<model>', 'name of a model')
    .option('--input <json>', 'a JSON object or list; @file reads a file, - standard input')
    .option('--customer <id>', 'read what is stored of this customer; --input is the rest, where there is any')
    .option('--source <name>', 'data source of the customer (the one in use)')
    .option('--explain', 'say why, where the model can')
    .addOption(
      new Option('--method <name>', 'explain texts by what each word contributes')
        .choices(attributionMethods)
        .implies({ explain: true }),
    )
    .option('--schema', 'print what an input looks like, as JSON schema, and predict nothing')
    .option('--line <name>', LINE_OPTION)
    .addOption(new Option('--stage <stage>', 'version in this stage (production, else staging)').choices(stages))
    .addOption(new Option('--variant <name>', 'the version in this number format').choices(variantNames))
    .addOption(new Option('--version <version>', 'this version').argParser(semanticVersionOption).conflicts('stage'))
    .action((model: string, options: PredictOptions) => answer(cli, model, options));
}

async function answer(cli: CliContext, name: string, options: PredictOptions): Promise<void> {
  const { findModel } = await import('../../models/catalogue.js');
  const { name: modelName } = await findModel(name);
  if (options.schema) await printSchema(cli, modelName, options);
  else await predictInputs(cli, modelName, options);
}

async function printSchema(cli: CliContext, modelName: string, options: PredictOptions): Promise<void> {
  const schema =
    options.customer === undefined ? await inputSchema(cli, modelName, options) : await knownSchema(modelName);
  cli.out.result(schema, () => printText(cli.out, JSON.stringify(schema, null, 2)));
}

async function inputSchema(cli: CliContext, modelName: string, options: PredictOptions): Promise<unknown> {
  const connection = await cli.connect();
  const { services } = connection;
  const { version } = options;
  const line = await lineToAsk(cli, connection, modelName, options);
  const { inputSchemaOf } = await import('../../inference/predict.js');
  return inputSchemaOf(services, { modelName, line, ...(version === undefined ? {} : { version }) });
}

/** With a customer, only what the caller must know beside the stored features. */
async function knownSchema(modelName: string): Promise<unknown> {
  const { knownSchemaOf } = await import('../../inference/predict-by-reference.js');
  return knownSchemaOf(modelName);
}

async function predictInputs(cli: CliContext, modelName: string, options: PredictOptions): Promise<void> {
  const value = await inputValue(options);
  const inputs: readonly unknown[] = Array.isArray(value) ? value : [value];
  const connection = await cli.connect();
  const line = await lineToAsk(cli, connection, modelName, options);
  const found = await answerInputs(connection, modelName, { ...options, line }, inputs);
  const answered = { model: modelName, line, synthetic: isSynthetic(line), ...found };
  cli.out.result(answered, () => printAnswer(cli.out, answered, found));
}

/** A request about a customer may need nothing beside what is stored. @throws PipelineError `INVALID_INPUT`. */
async function inputValue({ input, customer }: PredictOptions): Promise<unknown> {
  if (input !== undefined) return readJsonInput(input);
  if (customer !== undefined) return {};
  throw new PipelineError('INVALID_INPUT', '--input is missing; --schema shows its form');
}

async function lineToAsk(
  cli: CliContext,
  connection: Connection,
  modelName: string,
  { line, version, stage }: PredictOptions,
): Promise<string> {
  const { chooseAnsweringLine } = await import('../program/choose-line.js');
  const wanted = { ...(version === undefined ? {} : { version }), ...(stage === undefined ? {} : { stage }) };
  return chooseAnsweringLine(cli, connection, { modelName, line, ...wanted });
}

async function answerInputs(
  { services }: Connection,
  modelName: string,
  { line, version, stage, variant, explain, method, customer, source }: PredictOptions & { readonly line: string },
  inputs: readonly unknown[],
): Promise<PredictAnswer | ReferenceAnswer> {
  const wanted = { ...(version === undefined ? {} : { version }), ...(stage === undefined ? {} : { stage }) };
  const request = { services, modelName, line, ...wanted, explain: explain === true, method, variant };
  if (customer === undefined) {
    const { predict } = await import('../../inference/predict.js');
    return predict({ ...request, inputs });
  }
  const { predictByReference } = await import('../../inference/predict-by-reference.js');
  const reference = { entityId: customer, known: inputs, ...(source === undefined ? {} : { source }) };
  return predictByReference({ ...request, ...reference }, Date.now());
}

/** Entries of a list that are printed below a summary. */
const SHOWN_ENTRIES = 3;

const summaryOf = (output: unknown): string | null =>
  typeof output === 'object' && output !== null && 'summary' in output && typeof output.summary === 'string'
    ? output.summary
    : null;

/** An answer with a summary: the sentence, then the fields with their lists cut, because `--json` has all of it. */
function printSummarised(out: Output, summary: string, output: unknown): void {
  out.line(summary);
  const shown = JSON.stringify(output, (key, value: unknown) => {
    if (key === 'summary') return undefined;
    return Array.isArray(value) ? value.slice(0, SHOWN_ENTRIES) : value;
  });
  out.line(out.paint.dim(`${shown} (lists: first ${SHOWN_ENTRIES} entries; --json has all)`));
}

function printOutput(out: Output, output: unknown): void {
  const summary = summaryOf(output);
  if (summary === null) out.line(JSON.stringify(output));
  else printSummarised(out, summary, output);
}

function printAnswer(
  out: Output,
  { model, line }: { readonly model: string; readonly line: string },
  found: PredictAnswer | ReferenceAnswer,
): void {
  found.outputs.forEach((output, i) => {
    const coverage = found.coverage?.[i];
    if (coverage?.abstained !== true) printOutput(out, output);
    if (coverage !== undefined) printCoverage(out, coverage);
    if (found.explanations && coverage?.abstained !== true) printExplanation(out, found.explanations[i]);
  });
  const from = found.snapshotHash === null ? 'trained from a file' : `snapshot ${shortHash(found.snapshotHash)}`;
  const format = found.variant === undefined ? '' : `, ${found.variant}`;
  out.line(out.paint.dim(`${model} ${found.version} (line ${line}, ${found.stage}${format}), ${from}`));
  if (isSynthetic(line))
    out.line(out.paint.yellow(`${SYNTHETIC_REMARK}: this version learned from generated customers`));
  if ('features' in found) printReads(out, found);
}

/** As of when the answer is, and what was read for it. */
function printReads(out: Output, { source, asOf, stale, features, states }: ReferenceAnswer): void {
  const dim = (text: string): void => out.line(out.paint.dim(text));
  const why = isSynthetic(lineOfSource(source)) ? GENERATED_DATA_END : null;
  if (asOf !== null) out.line(`as of ${formatAsOf(new Date(asOf), new Date(), stale, why)}`);
  for (const view of features) dim(describeRead(source, { ...view, name: view.view }));
  for (const state of states) dim(describeRead(source, { ...state, name: `${state.state} of ${state.entityId}` }));
}

const describeRead = (
  source: string,
  { name, version, asOf, stale }: Pick<ReadState, 'version' | 'asOf' | 'stale'> & { readonly name: string },
): string => {
  const when = asOf === null ? 'nothing stored' : `as of ${formatTime(new Date(asOf))}${stale ? ': stale' : ''}`;
  return `read from source ${source}: ${name}, v${version}, ${when}`;
};
