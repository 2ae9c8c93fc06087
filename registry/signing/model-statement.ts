import { createHash } from 'node:crypto';
import { z } from 'zod';
import { contentHash } from '../../contracts/ids.js';
import type { ArtefactManifest } from '../artefacts.js';
import { type Statement, STATEMENT_TYPE } from './bundle.js';

/** The signed file that holds an artefact's manifest; its digest is the artefact's hash. */
export const MANIFEST_FILE = 'manifest.json';

const PREDICATE_TYPE = 'https://model_signing/signature/v1.0';

/** What model_signing leaves out of a folder by default. */
const IGNORED = ['.git', '.gitattributes', '.github', '.gitignore'];

/** A file and its sha256. */
export interface SignedFile {
  readonly name: string;
  readonly digest: string;
}

/** The files of an exported artefact: those of its manifest and the manifest itself, by name. */
export const signedFilesOf = (artefactHash: string, { files }: Pick<ArtefactManifest, 'files'>): SignedFile[] =>
  [...files.map(({ name, sha256 }) => ({ name, digest: sha256 })), { name: MANIFEST_FILE, digest: artefactHash }].sort(
    (a, b) => (a.name < b.name ? -1 : 1),
  );

/** One digest for all files, as model_signing computes it: sha256 of their digests in order. */
export function rootDigest(files: readonly Pick<SignedFile, 'digest'>[]): string {
  const hash = createHash('sha256');
  for (const { digest } of files) hash.update(Buffer.from(digest, 'hex'));
  return hash.digest('hex');
}

/** The statement that model_signing 1.1.1 signs for a folder (signing.py, Payload). @param name - of the folder. */
export const modelStatement = (name: string, files: readonly SignedFile[]): Statement => ({
  _type: STATEMENT_TYPE,
  subject: [{ name, digest: { sha256: rootDigest(files) } }],
  predicateType: PREDICATE_TYPE,
  predicate: {
    serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: IGNORED },
    resources: files.map((file) => ({ name: file.name, algorithm: 'sha256', digest: file.digest })),
  },
});

const statementSchema = z.object({
  _type: z.literal(STATEMENT_TYPE),
  predicateType: z.literal(PREDICATE_TYPE),
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: contentHash }) })]),
  predicate: z.object({
    serialization: z.object({ method: z.literal('files'), hash_type: z.literal('sha256') }),
    resources: z.array(z.object({ name: z.string(), algorithm: z.literal('sha256'), digest: contentHash })).min(1),
  }),
});

/** The signed files of a statement; a sentence when it is none of model_signing, or contradicts itself. */
export function readModelStatement(statement: unknown): readonly SignedFile[] | string {
  const parsed = statementSchema.safeParse(statement);
  if (!parsed.success) return 'is not a statement of model_signing about files with sha256';
  const { subject, predicate } = parsed.data;
  const { resources } = predicate;
  if (rootDigest(resources) !== subject[0].digest.sha256) return 'names digests that do not give its own subject';
  if (new Set(resources.map(({ name }) => name)).size < resources.length) return 'names a file twice';
  return resources.map(({ name, digest }) => ({ name, digest }));
}

/** Where two lists of files differ, for people; null when they are equal. */
export function fileDifference(signed: readonly SignedFile[], found: readonly SignedFile[]): string | null {
  const others = new Map(found.map(({ name, digest }) => [name, digest]));
  for (const { name, digest } of signed) {
    const other = others.get(name);
    if (other === undefined) return `${name} is missing`;
    if (other !== digest) return `${name} is not what was signed`;
    others.delete(name);
  }
  const [extra] = others.keys();
  return extra === undefined ? null : `${extra} was not signed`;
}
