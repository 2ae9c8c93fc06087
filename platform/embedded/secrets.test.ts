import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readApprovalSecret, readSecretFile } from './approval-secret.js';
import { loadSecrets, secretsFile } from './secrets.js';

let home = '';
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'ml-secrets-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

it('generates secrets once, in a file for the owner alone', () => {
  const first = loadSecrets(home);
  expect(new Set(Object.values(first)).size).toBe(5);
  expect(loadSecrets(home)).toEqual(first);
  expect(statSync(secretsFile(home)).mode & 0o777).toBe(0o600);
});

it('adds the secrets that a file of an older version lacks, and keeps the others', () => {
  writeFileSync(secretsFile(home), JSON.stringify({ postgres: 'p', redis: 'r' }), { mode: 0o600 });
  const { postgres, redis, ui, approval } = loadSecrets(home);
  expect([postgres, redis]).toEqual(['p', 'r']);
  expect(JSON.parse(readFileSync(secretsFile(home), 'utf8'))).toMatchObject({ ui, approval });
});

it.each(['', '{"postgres": "p"', 'null', '{}'])('reports a damaged file with the content %j', (content) => {
  writeFileSync(secretsFile(home), content, { mode: 0o600 });
  expect(() => loadSecrets(home)).toThrow(
    expect.objectContaining({
      code: 'STATE_DAMAGED',
      details: expect.objectContaining({ file: secretsFile(home) }) as unknown,
    }),
  );
});

it.skipIf(process.platform === 'win32')('reads the secret of approvals only from files for the owner alone', () => {
  const { approval } = loadSecrets(home);
  expect(readApprovalSecret({ home, approvalSecretFile: null })).toBe(approval);
  chmodSync(secretsFile(home), 0o640);
  expect(() => readApprovalSecret({ home, approvalSecretFile: null })).toThrow(/mode 640\): chmod 600/);

  const own = join(home, 'own');
  expect(() => readSecretFile(own, 'APPROVAL_SECRET_FILE')).toThrow(/does not exist/);
  writeFileSync(own, 'short\n', { mode: 0o600 });
  expect(() => readSecretFile(own, 'APPROVAL_SECRET_FILE')).toThrow(/holds 5 characters/);
  writeFileSync(own, 'a longer secret of my own\n');
  expect(readApprovalSecret({ home, approvalSecretFile: own })).toBe('a longer secret of my own');
});
