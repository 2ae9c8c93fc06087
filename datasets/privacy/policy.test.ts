import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PipelineError } from '../../contracts/errors.js';
import type { Table } from '../../contracts/table.js';
import { openKeyRing } from '../../platform/keys/key-ring.js';
import { rotateKey } from '../../platform/keys/key-file.js';
import type { DataFile } from '../sources/files/read-file.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { newestPseudonyms } from './apply-policy.js';
import { parsePolicy, snapshotPolicyOf } from './check-policy.js';
import { applyFilePolicy } from './file-policy.js';
import { readPolicy } from './read-policy.js';
import { changesBy } from './table-changes.js';
import { findWithheld } from './withheld.js';

const home = mkdtempSync(join(tmpdir(), 'ml-policy-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const settings = { home, keyRingFile: null };
const keys = () => openKeyRing(settings);

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (fault) {
    return `${(fault as PipelineError).code}: ${(fault as PipelineError).message}`;
  }
  return 'accepted';
};
const policyOf = (tables: object) => parsePolicy({ tables }, 'p.json');

describe('parsePolicy', () => {
  it.each([
    [{ chat_messages: { txt: 'mask' } }, /tables\.chat_messages has no column txt; the nearest is text/],
    [{ users: { id: 'hash' } }, /tables\.users\.id: hash: the column is a key/],
    [{ transactions: { user_id: 'drop' } }, /user_id: drop: the column is a key/],
    [{ transactions: { amount: 'hash' } }, /amount: hash: the column holds number/],
    [{ transactions: { amount: 'drop' } }, /amount: drop: the column may not be empty/],
    [{ transactions: { category: 'mask' } }, /category: mask: the column holds category/],
    [{ transactions: { merchant: 'encrypt' } }, /tables\.transactions\.merchant/],
    [{ persons: {} }, /tables/],
  ])('refuses %j', (tables, message) =>
    expect(messageOf(() => policyOf(tables))).toMatch(
      new RegExp(`^POLICY_INVALID: p\\.json: .*${message.source}`, 's'),
    ),
  );

  it('takes every action where it fits, and leaves out what is kept', async () => {
    const policy = policyOf({ users: { city: 'hash', gender: 'drop' }, chat_messages: { text: 'mask', locale: 'keep' }, accounts: { kind: 'keep' } }); // prettier-ignore
    expect(await snapshotPolicyOf(policy, async () => 3)).toEqual({
      tables: { users: { city: 'hash', gender: 'drop' }, chat_messages: { text: 'mask' } },
      keyVersion: 3,
    });
    expect(await snapshotPolicyOf(policyOf({ users: { city: 'keep' } }), async () => 3)).toBeNull();
    const masked = await snapshotPolicyOf(policyOf({ chat_messages: { text: 'mask' } }), () => Promise.reject(new Error('asked'))); // prettier-ignore
    expect(masked?.keyVersion).toBeNull();
  });

  it('is read from a file, whose faults name it', async () => {
    const file = join(home, 'policy.json');
    writeFileSync(file, '{"tables": {"users": {"city": "drop"}}}');
    expect((await readPolicy(file)).tables).toEqual({ users: { city: 'drop' } });
    writeFileSync(file, '{');
    await expect(readPolicy(file)).rejects.toMatchObject({ code: 'POLICY_INVALID' });
    await expect(readPolicy(join(home, 'none.json'))).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
  });
});

const messages: Table = {
  rowCount: 3,
  columns: {
    id: { kind: 'text', values: ['m1', 'm2', 'm3'] },
    text: { kind: 'text', values: ['call +91 98765 43210', 'my PAN is ABCPE1234F', null] },
    locale: { kind: 'text', values: ['en-IN', 'en-IN', 'hi-Latn'] },
    intent: { kind: 'text', values: ['a', null, 'b'] },
    intent_labelled_at: { kind: 'timestamp', values: Float64Array.of(1, 2, 3) },
  },
};

describe('changesBy', () => {
  const change = async (changes: object, keyVersion: number | null = null) =>
    (await changesBy({ changes, keyVersion } as never, tableSpecs.chat_messages, keys))(messages);

  it('masks with tokens and drops to null, to an empty text where there must be one, and to an unknown number', async () => {
    const { columns, rowCount } = await change({ text: 'mask', locale: 'drop', intent: 'drop', intent_labelled_at: 'drop' }); // prettier-ignore
    expect(rowCount).toBe(3);
    expect(columns.text?.values).toEqual(['call [PHONE]', 'my PAN is [PAN]', null]);
    expect(columns.locale?.values).toEqual(['', '', '']);
    expect(columns.intent?.values).toEqual([null, null, null]);
    expect(columns.intent_labelled_at?.values).toEqual(Float64Array.of(NaN, NaN, NaN));
    expect(columns.id).toBe(messages.columns.id);
  });

  it('hashes equal values to equal pseudonyms of the named version of the key, which others have too', async () => {
    const first = await change({ locale: 'hash' }, (await keys()).sign('pseudonyms', '').version);
    const [a, b, c] = first.columns.locale!.values as string[];
    expect(a).toMatch(/^[0-9a-f]{16}$/);
    expect([b === a, c === a]).toEqual([true, false]);
    await rotateKey(settings, 'pseudonyms');
    expect(await change({ locale: 'hash' }, 1)).toEqual(first);
    expect(await change({ locale: 'hash' }, 2)).not.toEqual(first);
    await expect(change({ locale: 'hash' }, 9)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(changesBy({ changes: {}, keyVersion: 1 }, tableSpecs.users, undefined)).rejects.toThrow(/no key ring/);
  });
});

describe('findWithheld', () => {
  const reader = { name: 'a-model', tables: ['users'], needs: { users: { city: ['hash'], gender: [] } } } as const;
  const under = (users: object, needs: object | null = reader.needs) =>
    findWithheld([{ ...reader, needs: needs ?? undefined }], { tables: { users }, keyVersion: 1 } as never);

  it('names the reader, the column and what is allowed', () => {
    expect(under({ city: 'hash', employment: 'drop' })).toBeNull();
    expect(under({ city: 'drop' })).toMatchObject({
      code: 'COLUMN_WITHHELD',
      message: 'a-model cannot do without users.city, for which the data policy says drop; allowed: keep, hash',
    });
    expect(under({ gender: 'drop' })?.details).toMatchObject({
      reader: 'a-model',
      column: 'gender',
      allowed: ['keep'],
    });
    expect(findWithheld([reader], null)).toBeNull();
  });

  it('takes every column as needed where nothing is declared', () =>
    expect(under({ employment: 'drop' }, null)).toMatchObject({ code: 'COLUMN_WITHHELD' }));
});

describe('applyFilePolicy', () => {
  const schema = {
    ...{ line: 'shop', key: 'key', label: 'label', minimumRows: 1 },
    columns: [
      { name: 'key', type: 'text', description: '' },
      { name: 'label', type: 'flag', description: '' },
      { name: 'word', type: 'text', description: '' },
      { name: 'note', type: 'text', description: '', nullable: true },
    ],
    features: [{ name: 'word', kind: 'categorical', description: '' }],
    split: { kind: 'time', column: 'key', days: 1, groups: { column: 'key', fraction: 0.1, salt: '' } },
  };
  const table: Table = { rowCount: 1, columns: { note: { kind: 'text', values: ['asha@example.org'] } } };
  const file = { format: { schema }, table, remarks: ['read'] } as unknown as DataFile;
  const apply = (columns: object) =>
    applyFilePolicy(file, parsePolicy({ lines: { shop: columns } }, 'p'), {
      modelName: 'a-model',
      pseudonym: async () => newestPseudonyms(await keys()),
    });

  it('changes columns that are not learned from, and says so', async () => {
    const changed = await apply({ note: 'mask' });
    expect(changed.table.columns.note?.values).toEqual(['[EMAIL]']);
    expect(changed.remarks).toEqual(['read', 'the data policy changed note (mask)']);
    expect((await apply({ note: 'hash' })).table.columns.note?.values[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(await apply({ note: 'keep' })).toBe(file);
  });

  it.each([
    ['word', 'mask', 'COLUMN_WITHHELD'],
    ['label', 'drop', 'POLICY_INVALID'],
    ['key', 'hash', 'POLICY_INVALID'],
    ['none', 'drop', 'POLICY_INVALID'],
  ])('refuses %s: %s', (column, action, code) => expect(apply({ [column]: action })).rejects.toMatchObject({ code }));
});
