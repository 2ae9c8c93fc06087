import { resolve } from 'node:path';
import { messageOf, PipelineError } from '../../contracts/errors.js';
import type { PromotionRequest } from '../../contracts/registry.js';
import type { ApprovalInput } from '../../contracts/workflows.js';
import type { Config } from '../../platform/config/config.js';
import { readApprovalSecret, readSecretFile } from '../../platform/embedded/approval-secret.js';
import { proveApproval } from '../../registry/approval-proof.js';
import { askSecret } from '../program/ask-secret.js';

/**
 * The approval with the proof that production asks for; unchanged for other stages and where proofs are off.
 * @param secretFile - `--secret-file`; undefined: the secret that the settings name, else one typed on the terminal.
 * @throws PipelineError `INVALID_CONFIG` when no secret can be read.
 */
export async function withProof(
  config: Config,
  { requestId, toStage }: Pick<PromotionRequest, 'requestId' | 'toStage'>,
  approval: ApprovalInput,
  secretFile: string | undefined,
): Promise<ApprovalInput> {
  if (toStage !== 'production' || config.approvalProof === 'off') return approval;
  const secret =
    secretFile === undefined ? await readOrAsk(config) : readSecretFile(resolve(secretFile), '--secret-file');
  return { ...approval, proof: proveApproval(secret, { requestId, approval }) };
}

async function readOrAsk(config: Config): Promise<string> {
  try {
    return readApprovalSecret(config);
  } catch (fault) {
    if (fault instanceof PipelineError) throw fault;
    const typed = await askSecret('Secret of this installation, for an approval for production: ');
    if (typed !== null && typed.trim() !== '') return typed.trim();
    const message = `the secret of approvals cannot be read (${messageOf(fault)}): --secret-file <path>`;
    throw new PipelineError('INVALID_CONFIG', message, {}, { cause: fault });
  }
}
