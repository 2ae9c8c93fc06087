import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { registryDatabase } from '../../composition/artefact-signatures.js';
import { errorAt, pipelineError } from '../../contracts/errors.js';
import { findModel } from '../../models/catalogue.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';
import { openKeyRing } from '../../platform/keys/key-ring.js';
import { readKeys } from '../../platform/keys/key-file.js';
import { fingerprintOf, parsePublicKey, pemOf, type PublicKey, publicKeysIn } from '../../platform/keys/public-keys.js';
import { exportArtefact, exportNames, verifyFolder } from '../../registry/signing/artefact-folder.js';
import { findSignatures } from '../../registry/signing/signature-table.js';
import { reportSignatures, type SignatureReport } from '../../registry/signing/signature-report.js';
import { formatBytes } from '../output/format-bytes.js';
import { formatTime } from '../output/format.js';
import { chooseLine } from '../program/choose-line.js';
import type { CliContext } from '../program/context.js';

interface NamedVersion {
  readonly model: string;
  readonly version: string;
  readonly line?: string | undefined;
}

async function findReport(cli: CliContext, { model, version, line: named }: NamedVersion) {
  const { name: modelName } = await findModel(model);
  const connection = await cli.connect();
  const { registry, blobs, pool } = connection.services;
  const line = await chooseLine(cli, connection, named);
  const { artefactHash } = await registry.getVersion(modelName, line, version);
  const stored = await findSignatures(registryDatabase(pool), artefactHash);
  const keys = (await openKeyRing(cli.config)).publicKeys('artefacts');
  const report = await reportSignatures(blobs, artefactHash, { stored, keys });
  return { modelName, line, blobs, stored, keys, report };
}

/** Prints every signature of a version with its verdict; exit code 1 when none holds. @throws as `getVersion`, `loadArtefact`. */
export async function verifyVersion(cli: CliContext, wanted: NamedVersion): Promise<void> {
  const { modelName, line, report } = await findReport(cli, wanted);
  const { version } = wanted;
  cli.out.result({ modelName, line, version, ...report }, () => {
    const state = report.accepted ? 'signed' : 'not signed by a trusted key: it is loaded nowhere';
    cli.out.line(`${modelName} ${version} (line ${line}): ${state}`);
    cli.out.line(`artefact ${report.artefactHash}, ${report.files} files, ${formatBytes(report.bytes)}, all read`);
    printSignatures(cli, report);
  });
  if (!report.accepted) cli.exitWith(1);
}

function printSignatures({ out }: CliContext, { signatures }: SignatureReport): void {
  if (signatures.length === 0) {
    out.line('it has no signature; ml keys sign-artefacts signs it');
    return;
  }
  out.table({
    head: ['what', 'key', 'signed (UTC)', 'verdict'],
    rows: signatures.map(({ kind, label, fingerprint, signedAt, refused }) => [
      kind === 'signature' ? 'files' : 'origin',
      label ?? fingerprint.slice(0, 12),
      formatTime(signedAt),
      refused ?? 'holds',
    ]),
  });
}

/** Writes a version's files, its signature and the public key to a new folder. @throws `SIGNATURE_REFUSED`, `INVALID_INPUT`. */
export async function exportVersion(
  cli: CliContext,
  wanted: NamedVersion & { readonly folder: string },
): Promise<void> {
  const { modelName, line, blobs, stored, keys, report } = await findReport(cli, wanted);
  const holds = (kind: 'signature' | 'provenance') =>
    stored.find((_, i) => report.signatures[i]!.kind === kind && report.signatures[i]!.refused === null) ?? null;
  const signature = holds('signature');
  if (signature === null) {
    const refused = report.signatures.map((one) => one.refused).join('; ') || 'is missing';
    throw pipelineError('SIGNATURE_REFUSED', {
      subject: `${modelName} ${wanted.version} (line ${line})`,
      finding: refused,
    });
  }
  const key = keys.find(({ fingerprint }) => fingerprint === signature.fingerprint)!;
  const folder = resolve(wanted.folder);
  const written = await exportArtefact(blobs, report.artefactHash, {
    ...{ folder, signature, provenance: holds('provenance'), key },
  });
  const { artefactHash } = report;
  cli.out.result({ modelName, line, version: wanted.version, artefactHash, folder, files: written }, () => {
    cli.out.line(`wrote ${written.length} files to ${folder}`);
    cli.out.line('verify them with model_signing 1.1.1, offline, in that folder:');
    const { files, signature: sig, publicKey } = exportNames;
    cli.out.line(`  model_signing verify key ${files} --signature ${sig} --public_key ${publicKey}`);
  });
}

interface FolderOptions {
  readonly signature?: string;
  readonly publicKey?: string;
}

/** Where the signed files are: an exported folder has them in one of their own. @throws PipelineError `FILE_NOT_READABLE`. */
async function signedFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch((fault: unknown) => {
    throw fileNotReadable(folder, fault);
  });
  if (!found.isDirectory()) throw errorAt('FILE_NOT_READABLE', { file: folder }, 'it is a file, wanted a folder');
  const inner = join(folder, exportNames.files);
  return existsSync(inner) && existsSync(join(folder, exportNames.signature)) ? inner : folder;
}

/** Verifies a folder that this program or model_signing signed. @throws PipelineError `SIGNATURE_REFUSED`, `FILE_NOT_READABLE`. */
export async function verifyFiles(cli: CliContext, folder: string, options: FolderOptions): Promise<void> {
  const path = await signedFolder(resolve(folder));
  const signature = resolve(options.signature ?? join(dirname(path), exportNames.signature));
  const given = options.publicKey === undefined ? [] : [await readPublicKey(options.publicKey)];
  const keys = given.length > 0 ? given : publicKeysIn(readKeys(cli.config));
  const { key, files } = await verifyFolder(path, signature, keys);
  cli.out.result({ folder: path, signature, files, key: { label: key.label, fingerprint: key.fingerprint } }, () =>
    cli.out.line(`${files} files are what "${key.label}" (${key.fingerprint.slice(0, 12)}) has signed`),
  );
}

async function readPublicKey(path: string): Promise<PublicKey> {
  const pem = await readFile(path, 'utf8').catch((fault: unknown) => {
    throw fileNotReadable(path, fault);
  });
  const key = parsePublicKey(pem, path);
  return { fingerprint: fingerprintOf(key), pem: pemOf(key), key, label: path, own: false, addedAt: '', revoked: null };
}
