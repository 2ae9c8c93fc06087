import { type Command, Option } from 'commander';
import type { CliContext } from '../program/context.js';
import { listLimit, wholeNumber } from '../program/options.js';
import type { GcOptions } from '../views/gc-view.js';
import type { CheckoutOptions, DiffOptions, SnapshotOptions } from '../views/snapshots-view.js';

const SNAPSHOT = 'first digits of its hash, four or more';

/** `ml data snapshots|diff|checkout|gc`. */
export function registerVersions(data: Command, cli: CliContext): void {
  data
    .command('snapshots')
    .description('Snapshots of the sources, newest first: parent, size beside it, and the versions that pin them.')
    .option('--source <name>', 'only of this source')
    .option('--limit <n>', 'at most so many (20)', listLimit)
    .action(async (options: SnapshotOptions) => {
      const { listSnapshots } = await import('../views/snapshots-view.js');
      await listSnapshots(cli, options);
    });
  data
    .command('diff')
    .description(
      'What changed from one snapshot to another: columns, rows by table and key, and distributions, the largest change ' +
        'first. Shows no value of a row.',
    )
    .argument('<before>', SNAPSHOT)
    .argument('<after>', SNAPSHOT)
    .option('--limit <n>', 'at most so many distributions for people (10)', listLimit)
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { showDifference } = await import('../views/snapshots-view.js');
      await showDifference(cli, [before, after], options);
    });
  data
    .command('checkout')
    .description(
      "Writes a snapshot's tables into a folder, which can be read back as a source. It holds customers' rows.",
    )
    .argument('<snapshot>', SNAPSHOT)
    .argument('<folder>', 'a folder that does not exist or is empty')
    .addOption(new Option('--format <format>', 'how to write them').choices(['parquet', 'csv']).default('parquet'))
    .action(async (snapshot: string, folder: string, options: CheckoutOptions) => {
      const { checkout } = await import('../views/snapshots-view.js');
      await checkout(cli, { snapshot, folder, ...options });
    });
  data
    .command('gc')
    .description(
      'Says which stored blobs nothing refers to any more: no registered version, no recent or running run, no retained ' +
        'snapshot (SNAPSHOT_RETENTION, RUN_RETENTION_DAYS). Changes nothing without --yes.',
    )
    .addOption(new Option('--dry-run', 'remove nothing (the default)').conflicts('yes'))
    .option('--yes', 'remove them, and mark the snapshots that are no longer kept')
    .option(
      '--grace <hours>',
      'spare what is younger (GC_GRACE_HOURS); 0 only while no run is active',
      wholeNumber(0, 8760),
    )
    .action(async (options: GcOptions) => {
      const { collectGarbage } = await import('../views/gc-view.js');
      await collectGarbage(cli, options);
    });
}
