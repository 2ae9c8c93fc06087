import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../durable-file.js';
import { damagedState } from './damage.js';

const secret = z.string().min(1);
/** Files of older versions lack the later secrets, which are added to them. */
const storedSecrets = z.object({
  postgres: secret,
  redis: secret,
  ui: secret.optional(),
  approval: secret.optional(),
  token: secret.optional(),
});

/**
 * Secrets of one installation, needed because other users of the machine can connect to 127.0.0.1 too: passwords of
 * the embedded services, the token that admits a browser to the UI, the key that proves an approval, and the one that
 * signs tokens of the API.
 */
export interface Secrets {
  readonly postgres: string;
  readonly redis: string;
  readonly ui: string;
  readonly approval: string;
  readonly token: string;
}

/** Path of the file with the secrets. */
export const secretsFile = (home: string): string => join(home, 'secrets.json');

/**
 * The secrets of this state directory, generated on first use and kept in a file with mode 600.
 * @throws PipelineError `STATE_DAMAGED` when the file is not what was written.
 */
export function loadSecrets(home: string): Secrets {
  const file = secretsFile(home);
  const known: Partial<z.infer<typeof storedSecrets>> = existsSync(file) ? parseSecrets(file) : {};
  const secrets: Secrets = {
    postgres: known.postgres ?? generate(),
    redis: known.redis ?? generate(),
    ui: known.ui ?? generate(),
    approval: known.approval ?? generate(),
    token: known.token ?? generate(),
  };
  if (Object.keys(known).length < Object.keys(secrets).length) writeDurably(file, `${JSON.stringify(secrets)}\n`);
  return secrets;
}

const generate = (): string => randomBytes(24).toString('hex');

function parseSecrets(file: string) {
  try {
    return storedSecrets.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (fault) {
    throw damagedState(file, 'does not hold the secrets that were written to it', fault);
  }
}
