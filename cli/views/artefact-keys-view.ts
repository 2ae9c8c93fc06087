import { readFile } from 'node:fs/promises';
import { registryDatabase, versionSigner } from '../../composition/artefact-signatures.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';
import { openKeyRing } from '../../platform/keys/key-ring.js';
import { type ChangedKey, revokeKey, trustKey } from '../../platform/keys/trusted-keys.js';
import { type AuditAction, commandActor } from '../../registry/audit/append.js';
import { listUnsigned } from '../../registry/signing/signature-table.js';
import { signVersions } from '../../registry/signing/sign-versions.js';
import type { CliContext } from '../program/context.js';

/** Changes the ring and records it in the audit log, or does neither. */
async function changeRecorded(
  cli: CliContext,
  { action, details }: { readonly action: AuditAction; readonly details: Readonly<Record<string, string>> },
  change: () => Promise<ChangedKey>,
): Promise<ChangedKey['key']> {
  const { audit } = (await cli.connect()).services;
  let changed: ChangedKey | null = null;
  try {
    await audit.record(async (append) => {
      changed = await change();
      const { label, fingerprint } = changed.key;
      await append({ actor: commandActor(), action, subject: label, details: { ...details, fingerprint } });
    });
  } catch (fault) {
    await (changed as ChangedKey | null)?.undo();
    throw fault;
  }
  return changed!['key'];
}

/** Accepts what another key signed. @throws as `trustKey`; `FILE_NOT_READABLE`. */
export async function trust(cli: CliContext, file: string, label: string): Promise<void> {
  const pem = await readFile(file, 'utf8').catch((fault: unknown) => {
    throw fileNotReadable(file, fault);
  });
  const key = await changeRecorded(cli, { action: 'keys.trusted', details: {} }, () =>
    trustKey(cli.config, { pem, from: file, label }),
  );
  const { fingerprint } = key;
  cli.out.result({ label, fingerprint }, () =>
    cli.out.line(`what "${label}" (${fingerprint.slice(0, 12)}) has signed is accepted from now on`),
  );
}

/** Refuses what a key signed. @throws as `revokeKey`. */
export async function revoke(cli: CliContext, wanted: string, reason: string): Promise<void> {
  const key = await changeRecorded(cli, { action: 'keys.revoked', details: { reason } }, () =>
    revokeKey(cli.config, { wanted, reason }),
  );
  const { label, fingerprint } = key;
  cli.out.result({ label, fingerprint, revoked: key.revoked }, () => {
    cli.out.line(`what "${label}" (${fingerprint.slice(0, 12)}) has signed is refused from now on`);
    cli.out.line('versions that only it signed: review them, then ml keys sign-artefacts --reason <why>');
  });
}

/** Signs by the newest key the versions that lack its signature; exit code 1 when one could not be signed. */
export async function signArtefacts(cli: CliContext, reason: string): Promise<void> {
  const { services } = await cli.connect();
  const database = registryDatabase(services.pool);
  const newest = (await openKeyRing(cli.config)).publicKeys('artefacts').find(({ own }) => own)!;
  const versions = await listUnsigned(database, newest.fingerprint);
  const sign = versionSigner(services.blobs, cli.config);
  const outcomes = await signVersions(database, sign, { versions, actor: commandActor(), reason });
  const failed = outcomes.filter(({ failure }) => failure !== null);
  cli.out.result({ key: { label: newest.label, fingerprint: newest.fingerprint }, versions: outcomes }, () => {
    const signed = outcomes.length - failed.length;
    cli.out.line(outcomes.length === 0 ? `"${newest.label}" has signed every version` : `signed ${signed} versions by "${newest.label}"`); // prettier-ignore
    for (const { version, failure } of failed) cli.out.line(`${version}: ${failure ?? ''}`);
  });
  if (failed.length > 0) cli.exitWith(1);
}
