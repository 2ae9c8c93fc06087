import { type Command, InvalidArgumentError } from 'commander';
import { statedReason } from '../../contracts/registry.js';
import type { CliContext } from '../program/context.js';

/** `ml keys list|create|rotate|trust|revoke|sign-artefacts`. */
export function register(program: Command, cli: CliContext): void {
  const keys = program
    .command('keys')
    .summary('list and rotate the keys of this installation')
    .description(
      'Keys that encrypt the prediction log and sign webhooks and artefacts, by name and version. No secret is ever printed.',
    );
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
  addArtefactKeys(keys, cli);
}

function addArtefactKeys(keys: Command, cli: CliContext): void {
  keys
    .command('trust')
    .description(
      'Accepts artefacts that another installation or person has signed, as with `model_signing sign key`. Recorded in ' +
        'the audit log.',
    )
    .argument('<file>', 'public key of P-256 in PEM')
    .requiredOption('--name <name>', 'under which it is listed')
    .action(async (file: string, { name }: { readonly name: string }) => {
      const { trust } = await import('../views/artefact-keys-view.js');
      await trust(cli, file, name);
    });
  keys
    .command('revoke')
    .description(
      'Refuses from now on what a key has signed, also earlier. The own key that signs is rotated first. Recorded in the ' +
        'audit log.',
    )
    .argument('<key>', 'its name ("artefacts 1" is the first version of the own key), or 8 digits of its fingerprint')
    .requiredOption('--reason <why>', 'why')
    .action(async (key: string, { reason }: { readonly reason: string }) => {
      const { revoke } = await import('../views/artefact-keys-view.js');
      await revoke(cli, key, checkedReason(reason));
    });
  keys
    .command('sign-artefacts')
    .description(
      'Signs the artefacts of versions by the newest own key, where it has not: after a rotation, a revocation, or a ' +
        'restored backup. The digests are signed that the registry has; each is recorded in the audit log.',
    )
    .requiredOption('--reason <why>', 'why they are to be trusted')
    .action(async ({ reason }: { readonly reason: string }) => {
      const { signArtefacts } = await import('../views/artefact-keys-view.js');
      await signArtefacts(cli, checkedReason(reason));
    });
}

/** @throws InvalidArgumentError for one that is empty or too long. */
function checkedReason(text: string): string {
  const parsed = statedReason.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`a reason has 1 to 500 characters; this one has ${text.trim().length}`);
}
