import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CliContext } from '../program/context.js';
import { listLimit, LINE_OPTION, semanticVersionOption } from '../program/options.js';
import type { ListOptions } from '../views/models-view.js';

interface FolderOptions {
  readonly signature?: string;
  readonly publicKey?: string;
}

interface LineOptions {
  readonly line?: string;
}

interface ShowOptions extends LineOptions {
  readonly card?: true;
  readonly version?: string;
}

interface ArchiveOptions extends LineOptions {
  readonly reason: string;
  readonly by?: string;
}

/** `ml models list|show|diff|verify|verify-folder|export|archive|refreeze`. */
export function register(program: Command, cli: CliContext): void {
  const models = program
    .command('models')
    .summary('list, show, compare, verify and export versions')
    .description('Models, their lines and versions, and what awaits approval.');
  addList(models, cli);
  addShow(models, cli);
  addDiff(models, cli);
  addSignatures(models, cli);
  addArchive(models, cli);
  addRefreeze(models, cli);
}

function addList(models: Command, cli: CliContext): void {
  models
    .command('list')
    .description('Every model with its newest versions, and the promotions that await approval.')
    .option('--model <name>', 'this model only')
    .option('--line <name>', 'versions of this line only')
    .option('--limit <n>', 'at most so many versions of each line', listLimit, 20)
    .option('--after <version>', 'the next page of a line: versions before this one', semanticVersionOption)
    .action(async (options: ListOptions) => {
      if (options.after !== undefined && (options.model === undefined || options.line === undefined))
        throw new InvalidArgumentError('--after wants --model and --line: each line has pages of its own');
      const { listModels } = await import('../views/models-view.js');
      await listModels(cli, options);
    });
}

function addShow(models: Command, cli: CliContext): void {
  models
    .command('show')
    .description('Purpose, hyper-parameters, gates, versions and transitions of one model.')
    .argument('<model>', 'name of a model')
    .option('--line <name>', LINE_OPTION)
    .option('--card', 'print the model card of the champion, with its present stage, instead')
    .option('--version <version>', 'with --card: of this version', semanticVersionOption)
    .action(async (model: string, options: ShowOptions) => {
      if (options.card === true) {
        const { showCard } = await import('../views/cards-view.js');
        return showCard(cli, model, options);
      }
      if (options.version !== undefined) throw new InvalidArgumentError('--version is for --card');
      const { showModel } = await import('../views/models-view.js');
      return showModel(cli, model, options.line);
    });
}

function addDiff(models: Command, cli: CliContext): void {
  models
    .command('diff')
    .description('Two versions of one line side by side.')
    .argument('<model>', 'name of a model')
    .argument('<first>', 'version', semanticVersionOption)
    .argument('<second>', 'version', semanticVersionOption)
    .option('--line <name>', LINE_OPTION)
    .action(async (model: string, first: string, second: string, options: LineOptions) => {
      const { diffVersions } = await import('../views/models-view.js');
      await diffVersions(cli, { model, first, second, ...options });
    });
}

function addSignatures(models: Command, cli: CliContext): void {
  models
    .command('verify')
    .description(
      'Reads every file of a version and verifies its signatures; exit code 1 when no trusted key signed it.',
    )
    .argument('<model>', 'name of a model')
    .argument('<version>', 'version', semanticVersionOption)
    .option('--line <name>', LINE_OPTION)
    .action(async (model: string, version: string, options: LineOptions) => {
      const { verifyVersion } = await import('../views/signatures-view.js');
      await verifyVersion(cli, { model, version, ...options });
    });
  models
    .command('verify-folder')
    .description(
      'Verifies files that `ml models export` wrote or `model_signing sign key` has signed. Needs no services.',
    )
    .argument('<folder>', 'folder that was exported, or with the signed files')
    .option('--signature <file>', 'signature (model.sig of the exported folder, or beside the folder)')
    .option('--public-key <file>', 'the key that must have signed it (any key of `ml keys list` that is not revoked)')
    .action(async (folder: string, options: FolderOptions) => {
      const { verifyFiles } = await import('../views/signatures-view.js');
      await verifyFiles(cli, folder, options);
    });
  models
    .command('export')
    .description(
      'Writes a version to a new folder: its files in `artefact`, `model.sig`, `public-key.pem`, and the signed statement ' +
        'of its origin, `provenance.sig`. `model_signing verify key` verifies it offline.',
    )
    .argument('<model>', 'name of a model')
    .argument('<version>', 'version', semanticVersionOption)
    .argument('<folder>', 'a folder that does not exist or is empty')
    .option('--line <name>', LINE_OPTION)
    .action(async (model: string, version: string, folder: string, options: LineOptions) => {
      const { exportVersion } = await import('../views/signatures-view.js');
      await exportVersion(cli, { model, version, folder, ...options });
    });
}

function addArchive(models: Command, cli: CliContext): void {
  models
    .command('archive')
    .description(
      'Takes a version out of use. One in production is replaced instead, by its successor or by `ml rollback`; only a ' +
        'demo of synthetic data can be archived there. Name and reason are recorded for good.',
    )
    .argument('<model>', 'name of a model')
    .argument('<version>', 'version', semanticVersionOption)
    .requiredOption('--reason <why>', 'why')
    .option('--line <name>', LINE_OPTION)
    .option('--by <name>', 'who decides (the user of this machine)')
    .action(async (model: string, version: string, options: ArchiveOptions) => {
      const { archiveVersion } = await import('../views/archive-view.js');
      await archiveVersion(cli, model, { ...options, version, by: options.by ?? userInfo().username });
    });
}

function addRefreeze(models: Command, cli: CliContext): void {
  models
    .command('refreeze')
    .description(
      'Renews the frozen holdout of a line from its newest data. The next run is judged on it, and compared with the ' +
        'champion on the rows that the champion did not learn from.',
    )
    .argument('<model>', 'name of a model')
    .requiredOption('--approver <name>', 'who decided so')
    .option('--line <name>', LINE_OPTION)
    .action(async (model: string, options: LineOptions & { readonly approver: string }) => {
      const { refreezeHoldout } = await import('../views/refreeze-view.js');
      await refreezeHoldout(cli, model, options);
    });
}
