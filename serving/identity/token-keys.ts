import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { messageOf } from '../../contracts/errors.js';
import type { ApiSettings, Config } from '../../platform/config/config.js';
import { invalidPath } from '../../platform/config/invalid-setting.js';
import { readSecretFile } from '../../platform/embedded/approval-secret.js';
import { loadSecrets } from '../../platform/embedded/secrets.js';

/** The key that tokens are verified with, and the algorithms that go with it: never one chosen by the token. */
export interface TokenKeys {
  readonly algorithms: readonly string[];
  readonly key: KeyObject | Uint8Array | JWTVerifyGetKey;
}

const SYMMETRIC = ['HS256'];
const ASYMMETRIC = ['RS256', 'ES256'];

/** An issuer that does not answer must not hold requests. */
const KEY_SET_TIMEOUT_MS = 3_000;

/**
 * The key of the settings: a key set, a public key, a secret, else the secret of the state directory.
 * @throws PipelineError `INVALID_CONFIG` naming the setting; `STATE_DAMAGED`.
 */
export function readTokenKeys(config: Pick<Config, 'home' | 'api'>): TokenKeys {
  const { keySetUrl, publicKeyFile } = config.api;
  if (keySetUrl !== null) {
    const key = createRemoteJWKSet(new URL(keySetUrl), { timeoutDuration: KEY_SET_TIMEOUT_MS });
    return { algorithms: ASYMMETRIC, key };
  }
  if (publicKeyFile !== null) return readPublicKey(publicKeyFile);
  return { algorithms: SYMMETRIC, key: new TextEncoder().encode(readTokenSecret(config)) };
}

/** The secret that tokens are signed and verified with. @throws PipelineError as {@link readTokenKeys}. */
export function readTokenSecret({ home, api }: Pick<Config, 'home' | 'api'>): string {
  return api.secretFile === null ? loadSecrets(home).token : readSecretFile(api.secretFile, 'JWT_SECRET_FILE');
}

/** Whether `ml token` can sign what this API verifies. */
export const signsItsOwnTokens = ({ keySetUrl, publicKeyFile }: ApiSettings): boolean =>
  keySetUrl === null && publicKeyFile === null;

const algorithmOf: Readonly<Record<string, string>> = { rsa: 'RS256', ec: 'ES256' };

function readPublicKey(path: string): TokenKeys {
  const key = parsePublicKey(path);
  const algorithm = algorithmOf[key.asymmetricKeyType ?? ''];
  if (algorithm !== undefined) return { algorithms: [algorithm], key };
  throw invalidPath('JWT_PUBLIC_KEY_FILE', path, `holds a key of type ${key.asymmetricKeyType}; wanted rsa or ec`);
}

function parsePublicKey(path: string): KeyObject {
  try {
    return createPublicKey(readFileSync(path));
  } catch (fault) {
    throw invalidPath('JWT_PUBLIC_KEY_FILE', path, `cannot be read as a public key: ${messageOf(fault)}`);
  }
}
