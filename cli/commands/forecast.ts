import { type Command, Option } from 'commander';
import { frequencies } from '../../learning/time-series/forecasting/series.js';
import type { CliContext } from '../program/context.js';
import { wholeNumber } from '../program/options.js';
import { addReadingOptions } from '../program/reading-options.js';
import type { ForecastOptions } from '../views/forecast-view.js';

const LONGEST_HORIZON = 1000;

/** `ml forecast --data-path <file> --horizon <n>`. */
export function register(program: Command, cli: CliContext): void {
  const command = program
    .command('forecast')
    .summary('forecast the series of a file; starts nothing')
    .description(
      'Forecasts each series of a file (columns unique_id, ds, y; hourly to yearly) with bands where the series can carry ' +
        'them. Starts no service and stores nothing.',
    )
    .requiredOption('--data-path <file>', 'file with one value a row: ds, y, and unique_id for several series')
    .requiredOption('--horizon <n>', 'steps ahead', wholeNumber(1, LONGEST_HORIZON))
    .addOption(new Option('--frequency <name>', 'step of the series (detected)').choices([...frequencies]))
    .option('--html <file>', 'write a page with a chart of each series; an existing file is replaced');
  addReadingOptions(command).action(async (options: ForecastOptions) => {
    const { forecast } = await import('../views/forecast-view.js');
    await forecast(cli, options);
  });
}
