import { type Command, Option } from 'commander';
import type { CliContext } from '../program/context.js';
import type { GenerateOptions, ImportOptions } from '../views/data-view.js';
import type { CheckSourceOptions } from '../views/source-check-view.js';
import type { DescribeOptions } from '../views/describe-view.js';
import { addReadingOptions } from '../program/reading-options.js';
import type { FileTemplateOptions } from '../views/file-template-view.js';
import type { SourceTemplateOptions } from '../views/source-template-view.js';
import { count, seed } from '../program/options.js';
import type { PolicyOptions } from '../views/policy-view.js';
import type { RepairOptions } from '../views/repair-view.js';
import { registerQuality } from './data-quality.js';
import { registerErasure } from './data-erasure.js';
import { registerVersions } from './data-versions.js';

/** `ml data check-source|describe|template|generate|import|sources|use|snapshots|diff|checkout|gc|repair|validate|profile|quarantine|policy`. */
export function register(program: Command, cli: CliContext): void {
  const data = program
    .command('data')
    .summary('generate, import, list and check data sources')
    .description('Where training rows come from: sources, and the snapshots that were taken of them.');
  registerOwnDatabase(data, cli);
  registerDescribe(data, cli);
  registerLoading(data, cli);
  registerSources(data, cli);
  registerVersions(data, cli);
  registerErasure(data, cli);
  registerSnapshots(data, cli);
  registerQuality(data, cli);
  registerPolicy(data, cli);
}

function registerPolicy(data: Command, cli: CliContext): void {
  data
    .command('policy')
    .description(
      'Shows what a data policy does with each column, who reads it, and which models could not learn under it. ' +
        'Starts no service. Exit code 2 for a policy under which no run would start.',
    )
    .option('--policy <file>', 'JSON file with the policy (DATA_POLICY)')
    .action(async (options: PolicyOptions) => {
      const { showPolicy } = await import('../views/policy-view.js');
      await showPolicy(cli, options);
    });
}

function registerOwnDatabase(data: Command, cli: CliContext): void {
  data
    .command('check-source')
    .description(
      'Examines the database of BACKEND_DATABASE_URL without training: tables, columns, types, rights, values, and what ' +
        'each model could learn. Only reads, starts no service. Exit code 2 when there is something to fix.',
    )
    .option('--folder <folder>', 'a folder of Parquet or CSV files in its place, all of its rows')
    .option('--rows <n>', 'rows that are read of each table at most (100000)', count)
    .option('--timeout <seconds>', 'longest time of one query, and of reading one table (30)', count)
    .action(async (options: CheckSourceOptions) => {
      const { checkOwnSource } = await import('../views/source-check-view.js');
      await checkOwnSource(cli, options);
    });
  data
    .command('template')
    .description(
      'Writes what to fill in: for "backend" the SQL of the views that a database of your own needs, for a model a file of ' +
        'invented rows that it can be trained from.',
    )
    .argument('<what>', 'backend, or the name of a model')
    .option('--only <tables>', 'backend: only the views of these tables, separated by commas')
    .option('--empty <tables>', 'backend: views without rows for these tables, which your product has nothing for')
    .option('--schema <file>', 'model: rows of the table that this schema describes')
    .option('--line <name>', 'model: rows as this line was trained from, also one by a schema')
    .option('--output <file>', 'model: write this file, .csv or .json (standard output)')
    .addOption(
      new Option('--as <encoding>', 'model: how to write it (by the ending, else csv)').choices(['csv', 'json']),
    )
    .action(async (what: string, options: SourceTemplateOptions & FileTemplateOptions) => {
      if (what === 'backend') {
        const { printTemplate } = await import('../views/source-template-view.js');
        printTemplate(cli, options);
        return;
      }
      const { writeFileTemplate } = await import('../views/file-template-view.js');
      await writeFileTemplate(cli, what, options);
    });
}

function registerDescribe(data: Command, cli: CliContext): void {
  const command = data
    .command('describe')
    .description(
      'Says what the columns of a CSV or JSON file hold, and drafts the schema by which `ml train` and `ml evaluate` read ' +
        'it. Starts no service.',
    )
    .argument('<file>', 'the file')
    .option('--write-schema [path]', 'write the draft, with what was guessed marked (<name>.schema.json)');
  addReadingOptions(command).action(async (file: string, options: DescribeOptions) => {
    const { describeData } = await import('../views/describe-view.js');
    await describeData(cli, file, options);
  });
}

function registerLoading(data: Command, cli: CliContext): void {
  data
    .command('generate')
    .description(
      'Makes a synthetic backend and puts it in the place of the source "generated", which becomes the one in use. ' +
        'Same seed, same rows. docs/synthetic-data.md tells what is in it.',
    )
    .option('--users <n>', 'customers (300)', count)
    .option('--months <n>', 'months of history (36)', count)
    .option('--seed <n>', 'seed (42)', seed)
    .option('--until <date>', 'last day with data, YYYY-MM-DD (2026-10-31)')
    .option('--report', 'load nothing; print how hard the data are: a trivial model and an oracle for each task')
    .action(async (options: GenerateOptions) => {
      const { generate, reportDifficulty } = await import('../views/data-view.js');
      await (options.report === true ? reportDifficulty(cli, options) : generate(cli, options));
    });
  data
    .command('import')
    .description(
      'Loads files as a source and model line of its own, in use from then on. Layouts: folder, the tables of the backend ' +
        'as Parquet or CSV files, one file or sub-folder for each; berka, the anonymised Czech bank of the ' +
        "PKDD'99 challenge (folder with account, client, disp, district, loan and trans).",
    )
    .argument('<layout>', 'layout of the files: folder or berka')
    .argument('<folder>', 'folder with the files')
    .option('--name <source>', 'layout folder: name of the source (that of the folder)')
    .action(async (layout: string, folder: string, options: ImportOptions) => {
      const { importData } = await import('../views/data-view.js');
      await importData(cli, { layout, folder, ...options });
    });
}

function registerSources(data: Command, cli: CliContext): void {
  data
    .command('sources')
    .description('Every source that was loaded; the one in use is marked.')
    .action(async () => {
      const { listSources } = await import('../views/data-view.js');
      await listSources(cli);
    });
  data
    .command('use')
    .description('Makes a source the one that commands without --source read.')
    .argument('<source>', 'name of a source')
    .action(async (source: string) => {
      const { useSource } = await import('../views/data-view.js');
      await useSource(cli, source);
    });
}

function registerSnapshots(data: Command, cli: CliContext): void {
  data
    .command('repair')
    .description(
      'Lists snapshots whose manifest or parts the blob store has no longer, and what each loses. Changes nothing ' +
        'without --yes; exit code 1 while damage is unmarked.',
    )
    .option('--yes', 'mark them as lost, so that no run uses them, and unmark those that are complete again')
    .option('--verify', 'also read every part and compare its hash')
    .action(async (options: RepairOptions) => {
      const { repairSnapshots } = await import('../views/repair-view.js');
      await repairSnapshots(cli, options);
    });
}
