import { z } from 'zod';
import { algorithms } from './known-keys.js';

const revocation = z.strictObject({ at: z.iso.datetime(), reason: z.string().min(1) });
const keyVersion = z.strictObject({
  version: z.int().positive(),
  createdAt: z.iso.datetime(),
  /** Base64. */
  secret: z.base64().min(1),
  /** Of a key pair: what it signed is refused. */
  revoked: revocation.optional(),
});
/** The content of a key file. */
export const storedKeys = z.strictObject({
  schemaVersion: z.literal(1),
  keys: z.record(z.string(), z.strictObject({ algorithm: z.enum(algorithms), versions: z.array(keyVersion).min(1) })),
  /** Public keys of others whose signatures on artefacts are accepted. */
  trusted: z
    .array(
      z.strictObject({
        label: z.string(),
        addedAt: z.iso.datetime(),
        /** SubjectPublicKeyInfo in PEM. */
        publicKey: z.string(),
        revoked: revocation.optional(),
      }),
    )
    .optional(),
  /** When the artefacts that were registered without a signature got one; from then on none is accepted without. */
  earlierArtefactsSignedAt: z.iso.datetime().optional(),
});

/** The keys of an installation by name, their versions from old to new. */
export type StoredKeys = z.infer<typeof storedKeys>;
export type StoredKeyVersion = z.infer<typeof keyVersion>;
