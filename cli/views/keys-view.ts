import {
  createMissingKeys,
  keyFile,
  readKeys,
  requireKeyName,
  type RotatedKey,
  rotateKey,
} from '../../platform/keys/key-file.js';
import { type PublicKey, publicKeysIn } from '../../platform/keys/public-keys.js';
import { knownKeys, keyNames, type KeyName } from '../../platform/keys/known-keys.js';
import { commandActor } from '../../registry/audit/append.js';
import type { CliContext } from '../program/context.js';

/** Prints names, versions and times of the keys. */
export function listKeys({ config, out }: CliContext): void {
  const stored = readKeys(config);
  const { keys } = stored;
  const publicKeys = publicKeysIn(stored).map(({ label, fingerprint, pem, own, addedAt, revoked }) => ({
    ...{ label, fingerprint, pem, own, addedAt, revoked },
  }));
  const listed = keyNames.map((name) => ({
    name,
    ...knownKeys[name],
    versions: (keys[name]?.versions ?? []).map(({ version, createdAt }) => ({ version, createdAt })),
  }));
  out.result({ file: keyFile(config), keys: listed, publicKeys }, () => {
    const rows = listed.map(({ name, algorithm, versions, purpose }) => {
      const newest = versions.at(-1);
      return [name, algorithm, String(newest?.version ?? '–'), newest?.createdAt.slice(0, 10) ?? '–', purpose];
    });
    out.table({ head: ['key', 'algorithm', 'version', 'since', 'purpose'], rows, right: ['version'] });
    out.line(`in ${keyFile(config)}`);
    if (publicKeys.length > 0) printPublicKeys(out, publicKeys);
  });
}

function printPublicKeys(out: CliContext['out'], keys: readonly Omit<PublicKey, 'key'>[]): void {
  out.line();
  out.table({
    head: ['artefacts signed by', 'fingerprint', 'since', 'state'],
    rows: keys.map(({ label, fingerprint, addedAt, own, revoked }, i) => [
      label,
      fingerprint.slice(0, 12),
      addedAt.slice(0, 10),
      revoked === null
        ? own && i === 0
          ? 'signs'
          : 'accepted'
        : `revoked ${revoked.at.slice(0, 10)}: ${revoked.reason}`,
    ]),
  });
}

/** Makes the keys that are missing. */
export async function createKeys(cli: CliContext): Promise<void> {
  const { audit } = (await cli.connect()).services;
  const created = await audit.record(async (append) => {
    const names = await createMissingKeys(cli.config);
    if (names.length > 0) await append({ actor: commandActor(), action: 'keys.created', subject: names.join(', ') });
    return names;
  });
  cli.out.result({ file: keyFile(cli.config), created }, () =>
    cli.out.line(created.length === 0 ? 'no key is missing' : `made ${created.join(', ')} in ${keyFile(cli.config)}`),
  );
}

/** Makes a new version of a key; recorded in the audit log, or not made. */
export async function rotate(cli: CliContext, wanted: string): Promise<void> {
  const name = requireKeyName(wanted);
  const { services, endpoints } = await cli.connect();
  const { audit } = services;
  let rotated: RotatedKey | null = null;
  try {
    await audit.record(async (append) => {
      rotated = await rotateKey(cli.config, name);
      const { version } = rotated;
      await append({ actor: commandActor(), action: 'keys.rotated', subject: name, details: { version } });
    });
  } catch (fault) {
    await (rotated as RotatedKey | null)?.undo();
    throw fault;
  }
  const rewrapped = name === 'blobs' ? await rewrapBlobs(cli, endpoints.artifactUri) : null;
  printRotated(cli, { name, rewrapped }, rotated!);
}

/** Seals the data key of every encrypted blob by the newest version; repeated by the next rotation when interrupted. */
async function rewrapBlobs({ config }: CliContext, artifactUri: string): Promise<number> {
  const { openSealedBlobStore, sealingBy } = await import('../../platform/blobs/open.js');
  const { rewrapped } = await openSealedBlobStore(artifactUri, config.cache, sealingBy(config)).rewrap();
  return rewrapped;
}

function printRotated(
  { out }: CliContext,
  { name, rewrapped }: { readonly name: KeyName; readonly rewrapped: number | null },
  { version }: RotatedKey,
): void {
  out.result({ name, version, ...(rewrapped !== null && { rewrapped }) }, () => {
    if (rewrapped !== null) out.line(`the data keys of ${rewrapped} encrypted blobs are sealed by it`);
    out.line(`${name} has version ${version} now; the older ones stay for what they have encrypted or signed`);
  });
}
