import { basename } from 'node:path';
import type { Command } from 'commander';
import { PipelineError } from '../../contracts/errors.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { MasterTrainingInput, TrainModelInput } from '../../contracts/workflows.js';
import { parseLineName } from '../../datasets/sources/files/line-names.js';
import type { DataFile } from '../../datasets/sources/files/read-file.js';
import type { CliContext, Connection } from '../program/context.js';
import { type DataFileOptions, readDataPath, readSchemaFile, refuseWithoutFile } from '../program/data-file.js';
import { addHyperParameterFlags, collectHyperParameters } from '../program/hyper-parameters.js';
import type { RunOptions, StartOptions } from '../program/options.js';
import { policyInput, underPolicy } from '../program/policy-input.js';
import { addReadingOptions } from '../program/reading-options.js';
import { addPolicyOption, addRunOptions, addStartOptions, runId, seed, startInput } from '../program/options.js';
import { runTraining } from '../runs/run-training.js';
import { sourceSettings } from '../program/source-settings.js';
import { requireUpdatable } from '../../training/require-updatable.js';

interface TrainOptions extends RunOptions, StartOptions, DataFileOptions {
  readonly source?: string;
  readonly seed?: number;
  readonly update?: true;
  readonly policy?: string;
  readonly reason?: string;
  readonly allowSuspiciousLabels?: true;
}

/** `ml train <model|all>`. */
export function register(program: Command, cli: CliContext): void {
  const command = program
    .command('train')
    .summary('train one model, or all, from the backend or from a file')
    .description('Trains, judges and registers one model, or all of them, from the backend or from a file.')
    .argument('<model>', 'name of a model, or all')
    .option('--data-path <file>', 'train from this file (docs/data-formats.md) instead of the backend')
    .option('--schema <file>', 'JSON file that describes the columns of any table (`ml data describe` drafts it)');
  addReadingOptions(command)
    .option('--line-name <name>', 'line of the versions from this file (that of its layout)', parseLineName)
    .option('--source <name>', 'data source (the one in use)')
    .option('--seed <n>', 'seed of everything random (42, or that of the run that is repeated)', seed)
    .option('--update', "continue the line's champion on the newest rows instead of training from scratch")
    .option('--reason <why>', 'why a change is wanted that is not better than the champion, but not worse either')
    .option('--allow-suspicious-labels', 'train though label names look alike, or a label has a single example');
  addPolicyOption(command);
  addStartOptions(command, 'data', FROM_HELP);
  addRunOptions(addHyperParameterFlags(command)).action((model: string, options: TrainOptions) =>
    model === 'all' ? trainAll(cli, options) : trainOne(cli, model, options),
  );
}

const FROM_HELP =
  'first stage: data extracts anew, dataset takes the newest snapshot, later ones the results of the newest run that got there';

async function trainOne(cli: CliContext, name: string, options: TrainOptions): Promise<void> {
  const params = collectHyperParameters({ ...options });
  const [{ findModel }, { parseParams }] = await Promise.all([
    import('../../models/catalogue.js'),
    import('../../training/parse-params.js'),
  ]);
  const model = await findModel(name);
  parseParams(model, params); // a fault ends the command before any service is started
  const update = options.update === true;
  if (update) requireUpdatable(model);
  const policy = await policyInput(options);
  const read = await readFileOption(cli, options, model);
  const file = read === null ? null : await underPolicy(cli, read, { modelName: name, ...policy });

  const connection = await cli.connect();
  const rows = file === null ? await backendRows(cli, connection, options) : await fileRows(connection, name, file);
  const input: TrainModelInput = {
    modelName: name,
    ...rows,
    ...(file === null ? policy : {}),
    params,
    ...startInput(options),
    seed: options.seed ?? null,
    update,
    reason: options.reason ?? null,
    allowSuspiciousLabels: options.allowSuspiciousLabels === true,
  };
  const { describeSource } = await import('../program/choose-line.js');
  const origin = file === null ? await describeSource(cli, connection, options.source) : basename(file.fileName);
  const summary = `${name}${update ? ' updated' : ''} from ${origin}`;
  const request = { workflow: 'trainModel' as const, input, id: runId(options, `train-${name}`), summary };
  await runTraining(cli, connection, request, options);
}

async function trainAll(cli: CliContext, options: TrainOptions): Promise<void> {
  const params = Object.keys(collectHyperParameters({ ...options }));
  if (params.length > 0) throw oneModelOnly(`the hyper-parameter ${params.join(', ')}`);
  if (options.dataPath !== undefined) throw oneModelOnly('--data-path');
  refuseWithoutFile(options);
  if (options.update === true) throw oneModelOnly('--update');
  if (options.allowSuspiciousLabels === true) throw oneModelOnly('--allow-suspicious-labels');
  const connection = await cli.connect();
  const rows = { ...(await backendRows(cli, connection, options)), ...(await policyInput(options)) };
  const { seed: given = null, reason = null } = options;
  const input: MasterTrainingInput = { ...rows, ...startInput(options), seed: given, reason };
  const { describeSource } = await import('../program/choose-line.js');
  const summary = `every model from ${await describeSource(cli, connection, options.source)}`;
  const request = { workflow: 'masterTraining' as const, input, id: runId(options, 'retraining'), summary };
  await runTraining(cli, connection, request, options);
}

const oneModelOnly = (what: string): PipelineError =>
  new PipelineError('INVALID_INPUT', `${what} belongs to one model; name it instead of "all"`);

/** The file of `--data-path`, by the schema of `--schema` or the model's layouts; null without a file. */
async function readFileOption(
  cli: CliContext,
  options: TrainOptions,
  model: ModelDefinition,
): Promise<DataFile | null> {
  const { dataPath, schema } = options;
  if (dataPath === undefined) {
    refuseWithoutFile(options);
    return null;
  }
  if (schema === undefined) return readDataPath(cli, dataPath, model.fileFormats, options);
  const { tableFormatOf } = await import('../../training/dataset-schema.js');
  return readDataPath(cli, dataPath, [tableFormatOf(model, await readSchemaFile(schema))], options);
}

async function fileRows(
  { services }: Connection,
  modelName: string,
  file: DataFile,
): Promise<Partial<TrainModelInput>> {
  const [{ storeTrainingFile }, { requireSameTarget }] = await Promise.all([
    import('../../datasets/snapshots/store-file.js'),
    import('../../training/require-same-target.js'),
  ]);
  await requireSameTarget(services, modelName, file.format.schema);
  return { datasetHash: await storeTrainingFile(services.blobs, modelName, file) };
}

/** The source; with a start from `dataset` its newest snapshot, so that a missing one is told before anything starts. */
async function backendRows(
  cli: CliContext,
  connection: Connection,
  options: TrainOptions,
): Promise<{ readonly source?: string; readonly snapshotHash?: string }> {
  const fresh = options.from !== 'dataset';
  // A snapshot of a named source can be read whatever the settings say.
  if (fresh || options.source === undefined) {
    const { ensureSource } = await import('../../datasets/sources/ensure-source.js');
    await ensureSource(connection.services, sourceSettings(cli), { source: options.source, whenEmpty: 'refuse' });
  }
  if (fresh) return options.source === undefined ? {} : { source: options.source };
  const { services } = connection;
  const source = options.source ?? (await services.catalog.active());
  const { requireLatestSnapshot } = await import('../../datasets/snapshots/snapshot-log.js');
  const { hash } = await requireLatestSnapshot(services.snapshotLog, source);
  return { source, snapshotHash: hash };
}
