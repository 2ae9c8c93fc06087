import type { Command } from 'commander';
import type { MasterTrainingInput } from '../../contracts/workflows.js';
import type { CliContext } from '../program/context.js';
import type { RunOptions } from '../program/options.js';
import { addCacheOption, addPolicyOption, addRunOptions, pastMoment, runId, seed } from '../program/options.js';
import { runTraining } from '../runs/run-training.js';
import { policyInput } from '../program/policy-input.js';
import { sourceSettings } from '../program/source-settings.js';

interface RetrainOptions extends RunOptions {
  readonly source?: string;
  readonly seed: number;
  readonly asOf?: string;
  readonly cache: boolean;
  readonly policy?: string;
  readonly full?: true;
}

/** `ml retrain`, the command of the README. */
export function register(program: Command, cli: CliContext): void {
  const command = program
    .command('retrain')
    .summary('retrain every model once, from the data to a decision')
    .description(
      'Starts the local services where none are configured, generates a backend where there is no data yet, and runs ' +
        'the master workflow once: extract, validate, build features, train, judge, register.',
    )
    .option('--source <name>', 'data source (the one in use)')
    .option('--seed <n>', 'seed of everything random', seed, 42)
    .option('--as-of <moment>', 'the data as they were known then, such as 2026-11-23 (now)', pastMoment)
    .option('--full', 'read the whole source, also what has not changed since the snapshot before');
  addRunOptions(addCacheOption(addPolicyOption(command))).action((options: RetrainOptions) => retrain(cli, options));
}

async function retrain(cli: CliContext, options: RetrainOptions): Promise<void> {
  const policy = await policyInput(options);
  const connection = await cli.connect();
  const { ensureSource } = await import('../../datasets/sources/ensure-source.js');
  await ensureSource(connection.services, sourceSettings(cli), { source: options.source, whenEmpty: 'generate' });
  const source = options.source === undefined ? {} : { source: options.source };
  const moment = options.asOf === undefined ? {} : { asOf: options.asOf };
  const { seed, cache, full = false } = options;
  const input: MasterTrainingInput = { ...source, ...moment, ...policy, seed, cache, ...(full && { full }) };
  const { describeSource } = await import('../program/choose-line.js');
  const summary = `every model from ${await describeSource(cli, connection, options.source)}`;
  const request = { workflow: 'masterTraining' as const, input, id: runId(options, 'retraining'), summary };
  await runTraining(cli, connection, request, options);
}
