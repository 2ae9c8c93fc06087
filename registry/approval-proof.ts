import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApprovalInput } from '../contracts/workflows.js';
import { approvalInput } from '../contracts/workflows.js';

/** What an approval decides: the request, and everything that the approver states. */
export interface ApprovalClaim {
  /** Contains the key of the workflow that waits, so that a proof is of use for one request only. */
  readonly requestId: string;
  readonly approval: ApprovalInput;
}

/** HMAC-SHA256 of the claim under the secret of the installation, in hexadecimal digits. */
export const proveApproval = (secret: string, claim: ApprovalClaim): string =>
  createHmac('sha256', secret).update(signedText(claim)).digest('hex');

/** True when the claim's proof was made with this secret and for this claim. */
export function isProven(secret: string, claim: ApprovalClaim): boolean {
  const [given, wanted] = [Buffer.from(claim.approval.proof ?? ''), Buffer.from(proveApproval(secret, claim))];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Every field but the proof, with its default where it was left out, sorted by name. */
function signedText({ requestId, approval }: ApprovalClaim): string {
  const stated = Object.entries(approvalInput.parse(approval)).filter(([name]) => name !== 'proof');
  const sorted = stated.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(['approve promotion', requestId, sorted]);
}
