import { asPipelineError } from '../../contracts/errors.js';
import { appendAudit, versionSubject } from '../audit/append.js';
import type { RegistryDatabase } from '../tables.js';
import { type SignableVersion, versionsOfArtefact } from './signature-table.js';
import type { SignVersion } from './sign-artefact.js';

/** What became of a version that was to be signed. */
export interface SignedVersion {
  /** `model/line/version`. */
  readonly version: string;
  /** Why it could not be signed, such as a lost blob; null when it was. */
  readonly failure: string | null;
}

/** Signs registered versions, each in a transaction with its audit entry; one that fails does not stop the others. */
export async function signVersions(
  database: RegistryDatabase,
  sign: SignVersion,
  order: { readonly versions: readonly SignableVersion[]; readonly actor: string; readonly reason: string },
): Promise<readonly SignedVersion[]> {
  const { actor, reason } = order;
  const outcomes: SignedVersion[] = [];
  for (const one of order.versions) {
    const subject = versionSubject(one);
    const failure = await database
      .transaction()
      .execute(async (transaction) => {
        await sign(transaction, one);
        const details = { reason, artefactHash: one.artefactHash };
        await appendAudit(transaction, { actor, action: 'artefact.signed', subject, details });
        return null;
      })
      .catch((fault: unknown) => asPipelineError(fault).message);
    outcomes.push({ version: subject, failure });
  }
  return outcomes;
}

/** What an alert on an artefact is about: its first version, else its hash. */
export async function subjectOfArtefact(database: RegistryDatabase, artefactHash: string): Promise<string> {
  const [first] = await versionsOfArtefact(database, artefactHash);
  return first ?? `artefact ${artefactHash.slice(0, 12)}`;
}
