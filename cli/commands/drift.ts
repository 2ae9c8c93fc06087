import { type Command, InvalidArgumentError, Option } from 'commander';
import { driftModes } from '../../contracts/drift.js';
import type { CliContext } from '../program/context.js';
import { LINE_OPTION, pastMoment, wholeNumber } from '../program/options.js';
import type { DriftCommandOptions } from '../views/drift-view.js';

const examples = `
Examples:
  ml drift credit-risk-scorer                      the last days until now
  ml drift credit-risk-scorer --window 1           the last day
  ml drift anomaly-detector --since 2026-11-01 --html drift.html
  ml drift intent-classifier --history             what the scheduled checks have decided

Nothing is decided by this command: that is done by the schedule drift-check-<model>, once for each day
(\`ml schedule apply\`, \`ml schedule trigger drift-check-<model>\`). It exits with 0 whether there is drift or not; with
--fail-on-drift with 1 when drift is over the limit or the source has a fault. docs/drift.md explains columns and limits.`;

/** `ml drift <model>`. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('drift')
    .summary('compare recent answers of a model with the rows that it was judged on')
    .description(
      'Compares the inputs and answers in the prediction log with the held-out rows of the version in use, column by ' +
        'column, and estimates the performance without labels. Says what was decided last and when the next check is.',
    )
    .argument('<model>', 'name of the model')
    .option('--line <name>', LINE_OPTION)
    .option('--since <moment>', 'first moment of the window (so many days before now as the settings say)', pastMoment)
    .option('--window <days>', 'length of the window in days', wholeNumber(1, 365))
    .addOption(new Option('--mode <mode>', 'how columns are compared (DRIFT_MODE)').choices(driftModes))
    .option('--html <file>', 'write the comparison as a page with distributions to this file')
    .addOption(new Option('--history', 'list what the scheduled checks have decided').conflicts(['html', 'since']))
    .option('--fail-on-drift', 'exit with 1 when drift is over the limit or the source has a fault')
    .addHelpText('after', examples)
    .action(async (model: string, options: DriftCommandOptions) => {
      if (options.history === true && options.window !== undefined)
        throw new InvalidArgumentError('--history lists the windows of the checks; leave --window out');
      const { showDrift, showHistory } = await import('../views/drift-view.js');
      await (options.history === true ? showHistory(cli, model, options) : showDrift(cli, model, options));
    });
}
