import type { Command } from 'commander';
import { Option } from 'commander';
import { DEFAULT_LINE, stages } from '../../contracts/ids.js';
import type { Stage } from '../../contracts/ids.js';
import type { CliContext } from '../cli/context.js';
import { readJsonInput } from '../cli/json-input.js';

interface PredictOptions {
  readonly input: string;
  readonly line: string;
  readonly stage?: Stage;
  readonly version?: string;
}

/** `ml predict <model>`. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('predict')
    .summary('answer one question with a registered version')
    .description('Answers one input, or a list of them, with a registered version and says which one answered.')
    .argument('<model>', 'name of a model')
    .requiredOption('--input <json>', 'a JSON object or list; @file reads a file, - standard input')
    .option('--line <name>', 'line', DEFAULT_LINE)
    .addOption(new Option('--stage <stage>', 'version in this stage (production, else staging)').choices(stages))
    .addOption(new Option('--version <version>', 'this version').conflicts('stage'))
    .action((model: string, options: PredictOptions) => predictOne(cli, model, options));
}

async function predictOne({ connect, out }: CliContext, name: string, options: PredictOptions): Promise<void> {
  const { findModel } = await import('../../models/catalogue.js');
  const { name: modelName } = await findModel(name);
  const input = await readJsonInput(options.input);
  const { services } = await connect();
  const { predict } = await import('../../serving/predict.js');
  const { line, version, stage } = options;
  const wanted = { ...(version === undefined ? {} : { version }), ...(stage === undefined ? {} : { stage }) };
  const inputs = Array.isArray(input) ? input : [input];
  const answer = await predict({ services, modelName, line, ...wanted, inputs });
  out.result({ model: modelName, line, ...answer }, () => {
    for (const output of answer.outputs) out.line(JSON.stringify(output));
    const from = answer.snapshotHash === null ? 'trained from a file' : `snapshot ${answer.snapshotHash.slice(0, 12)}`;
    out.line(out.paint.dim(`${modelName} ${answer.version} (${answer.stage}), ${from}`));
  });
}
