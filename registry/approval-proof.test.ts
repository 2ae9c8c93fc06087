import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isProven, proveApproval } from './approval-proof.js';

const text = fc.string({ minLength: 1 }).map((value) => `x${value}x`);
const claims = fc.record({ requestId: text, approval: fc.record({ approver: text, reason: text }) });

it('accepts a proof for the claim that it was made for, whatever the order of its fields', () => {
  fc.assert(
    fc.property(text, claims, (secret, { requestId, approval: { approver, reason } }) => {
      const proof = proveApproval(secret, { requestId, approval: { approver, reason } });
      expect(isProven(secret, { requestId, approval: { proof, reason, approver } })).toBe(true);
    }),
  );
});

it('refuses a proof for another claim or with another secret, and an approval without one', () => {
  fc.assert(
    fc.property(fc.tuple(text, claims), fc.tuple(text, claims), ([secret, claim], [otherSecret, other]) => {
      fc.pre(JSON.stringify(claim) !== JSON.stringify(other) || secret !== otherSecret);
      const proof = proveApproval(otherSecret, other);
      expect(isProven(secret, { ...claim, approval: { ...claim.approval, proof } })).toBe(false);
      expect(isProven(secret, claim)).toBe(false);
    }),
  );
});

it('signs whether the approval is one of a demo', () => {
  const claim = { requestId: 'r', approval: { approver: 'a', reason: 'b' } };
  const proof = proveApproval('secret', claim);
  const signed = (demo: boolean) => ({ requestId: 'r', approval: { ...claim.approval, proof, demo } });
  expect(isProven('secret', signed(false))).toBe(true);
  expect(isProven('secret', signed(true))).toBe(false);
});
