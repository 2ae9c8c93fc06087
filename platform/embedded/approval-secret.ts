import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Config } from '../config/config.js';
import { invalidPath } from '../config/invalid-setting.js';
import { loadSecrets, secretsFile } from './secrets.js';

/** Shorter secrets could be guessed from a proof. */
const FEWEST_CHARACTERS = 16;
const OTHERS = 0o077;

/**
 * The secret that proves an approval: that of APPROVAL_SECRET_FILE, else that of this state directory.
 * @throws PipelineError `INVALID_CONFIG` when the file cannot be read, is short, or others may read it too;
 *   `STATE_DAMAGED`.
 */
export function readApprovalSecret({ home, approvalSecretFile }: Pick<Config, 'home' | 'approvalSecretFile'>): string {
  if (approvalSecretFile !== null) return readSecretFile(approvalSecretFile, 'APPROVAL_SECRET_FILE');
  const file = secretsFile(home);
  if (existsSync(file)) expectPrivate(file, 'ML_HOME');
  return loadSecrets(home).approval;
}

/**
 * The secret in a file of its own.
 * @param setting - the setting or option that named the file, for messages.
 * @throws PipelineError `INVALID_CONFIG`.
 */
export function readSecretFile(path: string, setting: string): string {
  if (!existsSync(path)) throw invalidPath(setting, path, 'does not exist');
  expectPrivate(path, setting);
  const secret = readFileSync(path, 'utf8').trim();
  if (secret.length >= FEWEST_CHARACTERS) return secret;
  throw invalidPath(setting, path, `holds ${secret.length} characters; wanted at least ${FEWEST_CHARACTERS}`);
}

/** @throws PipelineError `INVALID_CONFIG` when others than the owner may use the file. */
export function expectPrivate(path: string, setting: string): void {
  if (process.platform === 'win32') return; // access lists are not seen in the mode
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS) === 0) return;
  throw invalidPath(setting, path, `may be used by others (mode ${mode.toString(8)}): chmod 600`);
}
