import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackendTable, backendTables, type SnapshotTables } from '../contracts/backend.js';
import type { ColumnChange, ColumnChanges } from '../contracts/data-policy.js';
import type { PipelineError } from '../contracts/errors.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import { overviewOf } from '../datasets/privacy/column-overview.js';
import { applyPolicy } from '../datasets/privacy/apply-policy.js';
import { modelReader, type Reader, readersOf } from '../datasets/privacy/withheld.js';
import { tableSpecs } from '../datasets/sources/backend/tables.js';
import { featureViews } from '../feature-store/definitions/index.js';
import { loadCatalogue } from '../models/catalogue.js';
import { openKeyRing } from '../platform/keys/key-ring.js';
import { generatedTables } from '../tests/support/generated-tables.js';
import { planPolicy, requireLearnable } from './plan-policy.js';

const home = mkdtempSync(join(tmpdir(), 'ml-plan-policy-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const keys = () => openKeyRing({ home, keyRingFile: null });
const unset = { config: { dataPolicyFile: null }, keys };

let models: readonly ModelDefinition[];
let tables: SnapshotTables;
let asOf: number;
beforeAll(async () => {
  models = await loadCatalogue();
  ({ tables, asOf } = generatedTables({ users: 15, months: 14, seed: 3 }));
});

/** The tables with every change that a policy can make and that these readers say they can do with. */
function changedFor(readers: readonly Reader[]): SnapshotTables {
  const changes = new Map<BackendTable, ColumnChanges>();
  for (const { table, column, possible, readers: found } of overviewOf(readers, null)) {
    const allowed = possible.filter((change) => found.every((each) => each.allowed.includes(change)));
    const strictest: ColumnChange | undefined = allowed.includes('drop') ? 'drop' : allowed[0];
    if (strictest !== undefined) changes.set(table, { ...changes.get(table), [column]: strictest });
  }
  const changed = backendTables.map((name) => {
    const isNullable = (column: string) => tableSpecs[name].columns.find((spec) => spec.name === column)?.nullable === true; // prettier-ignore
    const pseudonym = (value: string) => `hashed ${Buffer.from(value).toString('hex')}`;
    return [name, applyPolicy(tables[name]!, changes.get(name) ?? {}, { isNullable, pseudonym })];
  });
  return Object.fromEntries(changed) as SnapshotTables;
}

/** Columns of rows that only slices read, and texts of which a masked form will do. */
const MAY_DIFFER: Readonly<Record<string, readonly string[]>> = {
  'credit-risk-scorer': ['gender', 'ageYears'],
  'intent-classifier': ['text'],
};

function rowsOf({ name, backend }: ModelDefinition, of: SnapshotTables) {
  const moment = { asOf, source: 'generated', timeZone: 'Asia/Kolkata' };
  const { columns } = backend.rows(of, moment).table;
  const compared = Object.entries(columns).filter(([column]) => MAY_DIFFER[name]?.includes(column) !== true);
  return { compared, states: backend.stateRows?.(of, moment) };
}

describe('needs', () => {
  it('of every model name all columns that change what it learns from', () => {
    for (const model of models) {
      const changed = changedFor([modelReader(model.name, model.backend)]);
      expect(changed).not.toEqual(tables);
      expect(rowsOf(model, changed), model.name).toEqual(rowsOf(model, tables));
    }
  });

  it('of every feature view name all columns that change its features', () => {
    const changed = changedFor(readersOf(featureViews));
    for (const view of featureViews) {
      const [before, after] = [view.prepare(tables), view.prepare(changed)];
      for (const id of tables.users!.columns.id!.values as string[])
        expect(after(id, asOf), view.name).toEqual(before(id, asOf));
    }
  });
});

describe('planPolicy', () => {
  it('takes the policy of the request, else that of the setting, else none', async () => {
    expect(await planPolicy(unset, null)).toBeNull();
    const file = join(home, 'policy.json');
    writeFileSync(file, '{"tables": {"users": {"city": "hash"}}}');
    const set = { config: { dataPolicyFile: file }, keys };
    expect(await planPolicy(set, null)).toEqual({ tables: { users: { city: 'hash' } }, keyVersion: 1 });
    expect(await planPolicy(set, { tables: { users: { city: 'drop' } }, lines: {} })).toEqual({
      ...{ tables: { users: { city: 'drop' } } },
      keyVersion: null,
    });
  });

  it('refuses a policy under which stored features could not be computed', async () => {
    const policy = { tables: { accounts: { credit_limit: 'drop' as const } }, lines: {} };
    await expect(planPolicy(unset, policy)).rejects.toMatchObject({
      code: 'COLUMN_WITHHELD',
      details: { reader: 'feature view credit-risk', table: 'accounts', column: 'credit_limit' },
    });
  });
});

it('requireLearnable refuses exactly the models that need a column as it is', async () => {
  const policy = { tables: { chat_messages: { text: 'mask' as const }, transactions: { merchant: 'hash' as const } }, lines: {} }; // prettier-ignore
  const refused = await Promise.all(
    models.map((model) => requireLearnable(unset, model, policy).then(() => null, (fault: unknown) => (fault as PipelineError).details)), // prettier-ignore
  );
  expect(Object.fromEntries(models.map(({ name }, i) => [name, refused[i]]))).toMatchObject({
    'anomaly-detector': { reader: 'anomaly-detector', column: 'merchant' },
    'credit-risk-scorer': null,
    'financial-ner': { reader: 'financial-ner', column: 'text' },
    'intent-classifier': null,
    'spending-predictor': { reader: 'spending-predictor', column: 'merchant' },
  });
  await Promise.all(models.map((model) => requireLearnable(unset, model, null)));
});
