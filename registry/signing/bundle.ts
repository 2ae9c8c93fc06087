import { verify } from 'node:crypto';
import { z } from 'zod';
import type { PublicSignature } from '../../platform/keys/key-ring.js';
import type { PublicKey } from '../../platform/keys/public-keys.js';

/*
 * A DSSE envelope in a sigstore bundle, signed by a key pair and recorded in no transparency log: the format that
 * model_signing 1.1.1 writes (sign_ec_key.py) and verifies offline.
 * DSSE: https://github.com/secure-systems-lab/dsse, bundle: https://docs.sigstore.dev/about/bundle.
 */

export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/** Larger ones are no signatures: an artefact has at most 64 files. */
export const MOST_BUNDLE_BYTES = 2 ** 20;

/** Fields that other writers add are ignored, as protobuf does. */
const bundle = z.object({
  mediaType: z.literal(BUNDLE_TYPE),
  verificationMaterial: z.object({ publicKey: z.object({ hint: z.string().regex(/^[0-9a-f]{64}$/) }) }),
  dsseEnvelope: z.object({
    payload: z.base64(),
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z.array(z.object({ sig: z.base64() })).length(1),
  }),
});

/** An in-toto statement: what is said (`predicate`) about which digests. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** What is signed: DSSE's pre-authentication encoding, so that the type is signed too. */
function preAuthEncoding(payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** The bundle of a statement. */
export function writeBundle(statement: Statement, sign: (content: Uint8Array) => PublicSignature): string {
  const payload = Buffer.from(JSON.stringify(statement));
  const { fingerprint, signature } = sign(preAuthEncoding(payload));
  return JSON.stringify({
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: fingerprint }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: signature.toString('base64'), keyid: '' }],
    },
  });
}

/** A statement that a known key signed, or why it is not one. */
export type OpenedBundle =
  | { readonly statement: unknown; readonly key: PublicKey }
  | { readonly refused: string; readonly key: PublicKey | null };

/** Verifies before anything of the statement is read. */
export function openBundle(text: string, keys: readonly PublicKey[]): OpenedBundle {
  const parsed = parseBundle(text);
  if (parsed === null) return { refused: 'is not a sigstore bundle with a DSSE envelope', key: null };
  const { hint } = parsed.verificationMaterial.publicKey;
  const key = keys.find(({ fingerprint }) => fingerprint === hint) ?? null;
  if (key === null) return { refused: `is by the key ${hint.slice(0, 12)}, which is not trusted here`, key };
  if (key.revoked !== null)
    return { refused: `is by the key "${key.label}", which was revoked: ${key.revoked.reason}`, key };
  const payload = Buffer.from(parsed.dsseEnvelope.payload, 'base64');
  const signature = Buffer.from(parsed.dsseEnvelope.signatures[0]!.sig, 'base64');
  if (!verify('sha256', preAuthEncoding(payload), key.key, signature))
    return { refused: `does not fit the key "${key.label}": it was changed`, key };
  return { statement: JSON.parse(payload.toString('utf8')), key };
}

function parseBundle(text: string): z.output<typeof bundle> | null {
  if (text.length > MOST_BUNDLE_BYTES) return null;
  try {
    return bundle.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
