import type { Command } from 'commander';
import { Option } from 'commander';
import { PipelineError } from '../../contracts/errors.js';
import { DEFAULT_LINE, stages } from '../../contracts/ids.js';
import type { Stage } from '../../contracts/ids.js';
import type { CliContext } from '../program/context.js';
import { printExplanation } from '../views/explanation-view.js';
import { visible } from '../output/visible.js';
import { shortHash } from '../output/format.js';
import { readJsonInput } from '../program/json-input.js';

interface PredictOptions {
  readonly input?: string;
  readonly schema?: true;
  readonly line: string;
  readonly stage?: Stage;
  readonly version?: string;
  readonly explain?: true;
}

/** `ml predict <model>`. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('predict')
    .summary('answer one question with a registered version')
    .description('Answers one input, or a list of them, with a registered version and says which one answered.')
    .argument('<model>', 'name of a model')
    .option('--input <json>', 'a JSON object or list; @file reads a file, - standard input')
    .option('--explain', 'say why, where the model can')
    .option('--schema', 'print what an input looks like, as JSON schema, and predict nothing')
    .option('--line <name>', 'line', DEFAULT_LINE)
    .addOption(new Option('--stage <stage>', 'version in this stage (production, else staging)').choices(stages))
    .addOption(new Option('--version <version>', 'this version').conflicts('stage'))
    .action((model: string, options: PredictOptions) => answer(cli, model, options));
}

async function answer(cli: CliContext, name: string, options: PredictOptions): Promise<void> {
  const { findModel } = await import('../../models/catalogue.js');
  const { name: modelName } = await findModel(name);
  if (options.schema) await printSchema(cli, modelName, options);
  else await predictInputs(cli, modelName, options);
}

async function printSchema(cli: CliContext, modelName: string, { line, version }: PredictOptions): Promise<void> {
  const { services } = await cli.connect();
  const { inputSchemaOf } = await import('../../inference/predict.js');
  const schema = await inputSchemaOf(services, { modelName, line, ...(version === undefined ? {} : { version }) });
  cli.out.result(schema, () => cli.out.line(JSON.stringify(schema, null, 2)));
}

async function predictInputs({ connect, out }: CliContext, modelName: string, options: PredictOptions): Promise<void> {
  const { input, line, version, stage, explain = false } = options;
  if (input === undefined) throw new PipelineError('INVALID_INPUT', '--input is missing; --schema shows its form');
  const value = await readJsonInput(input);
  const { services } = await connect();
  const { predict } = await import('../../inference/predict.js');
  const wanted = { ...(version === undefined ? {} : { version }), ...(stage === undefined ? {} : { stage }) };
  const inputs: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = await predict({ services, modelName, line, ...wanted, inputs, explain });
  out.result({ model: modelName, line, ...found }, () => {
    found.outputs.forEach((output, i) => {
      out.line(visible(JSON.stringify(output)));
      if (found.explanations) printExplanation(out, found.explanations[i]);
    });
    const from = found.snapshotHash === null ? 'trained from a file' : `snapshot ${shortHash(found.snapshotHash)}`;
    out.line(out.paint.dim(`${modelName} ${found.version} (${found.stage}), ${from}`));
  });
}
