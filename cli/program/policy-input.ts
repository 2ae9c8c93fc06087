import type { DataPolicy } from '../../contracts/data-policy.js';
import type { DataFile } from '../../datasets/sources/files/read-file.js';
import type { CliContext } from './context.js';

/**
 * The policy of `--policy` as a workflow takes it; without the option that of DATA_POLICY holds, which the workers read.
 * @throws PipelineError `FILE_NOT_READABLE`, `POLICY_INVALID`.
 */
export async function policyInput({ policy }: { readonly policy?: string }): Promise<{ readonly policy?: DataPolicy }> {
  if (policy === undefined) return {};
  const { readPolicy } = await import('../../datasets/privacy/read-policy.js');
  return { policy: await readPolicy(policy) };
}

/**
 * The rows of a file under the policy of `--policy`, else of DATA_POLICY.
 * @throws PipelineError `FILE_NOT_READABLE`, `POLICY_INVALID`, `COLUMN_WITHHELD`.
 */
export async function underPolicy(
  { config }: CliContext,
  file: DataFile,
  { modelName, policy }: { readonly modelName: string; readonly policy?: DataPolicy },
): Promise<DataFile> {
  const [{ policyInForce }, { applyFilePolicy }] = await Promise.all([
    import('../../datasets/privacy/read-policy.js'),
    import('../../datasets/privacy/file-policy.js'),
  ]);
  const inForce = await policyInForce(config, policy ?? null);
  if (inForce === null) return file;
  return applyFilePolicy(file, inForce, { modelName, pseudonym: () => pseudonyms(config) });
}

async function pseudonyms(config: CliContext['config']) {
  const [{ openKeyRing }, { newestPseudonyms }] = await Promise.all([
    import('../../platform/keys/key-ring.js'),
    import('../../datasets/privacy/apply-policy.js'),
  ]);
  return newestPseudonyms(await openKeyRing(config));
}
