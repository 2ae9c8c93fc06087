import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';

/** `ml keys list|create|rotate`. */
export function register(program: Command, cli: CliContext): void {
  const keys = program
    .command('keys')
    .summary('list and rotate the keys of this installation')
    .description('Keys that encrypt the prediction log and sign webhooks, by name and version. None is ever printed.');
  keys
    .command('list')
    .description('Every key with its versions: the newest encrypts and signs, the older ones open and verify.')
    .action(async () => {
      const { listKeys } = await import('../views/keys-view.js');
      listKeys(cli);
    });
  keys
    .command('create')
    .description('Makes the keys that are missing, for KEY_RING_FILE; those in ML_HOME are made on first use.')
    .action(async () => {
      const { createKeys } = await import('../views/keys-view.js');
      await createKeys(cli);
    });
  keys
    .command('rotate')
    .description(
      'Makes a new version of a key, which is used from then on; data keys of encrypted blobs are sealed by it. Running processes ' +
        'see it within a second.',
    )
    .argument('<name>', 'name of a key')
    .action(async (name: string) => {
      const { rotate } = await import('../views/keys-view.js');
      await rotate(cli, name);
    });
}
