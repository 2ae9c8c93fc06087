import { describe, expect, it } from 'vitest';
import { backendTables } from '../../../../contracts/backend.js';
import { fittingRelation } from '../../../../tests/support/fitting-relation.js';
import type { FoundColumn } from '../column-types.js';
import { tableSpecs } from '../tables.js';
import { schemaMismatch } from './finding.js';
import type { Relation } from './relation.js';
import { shapeFindings } from './shape.js';

const users = tableSpecs.users;
const fittingView = fittingRelation(users);

const withColumn = (name: string, change: Partial<FoundColumn>): Relation => ({
  ...fittingView,
  columns: fittingView.columns.map((column) => (column.name === name ? { ...column, ...change } : column)),
});
const typed = (name: string, type: string): Relation =>
  withColumn(name, { type, baseType: type.replace(/\(\d+\)/, '') });

describe('shapeFindings', () => {
  it.each(backendTables)('finds nothing in a fitting %s', (name) => {
    expect(shapeFindings(tableSpecs[name], fittingRelation(tableSpecs[name]))).toEqual([]);
  });

  it.each([
    { column: 'created_at', type: 'timestamp without time zone', cast: `created_at at time zone 'Asia/Kolkata'` },
    { column: 'created_at', type: 'date', cast: `created_at::timestamp at time zone 'Asia/Kolkata'` },
    { column: 'created_at', type: 'bigint', cast: 'to_timestamp(created_at)' },
    { column: 'created_at', type: 'text', cast: 'created_at::timestamptz' },
    { column: 'birth_date', type: 'timestamp with time zone', cast: `(birth_date at time zone 'Asia/Kolkata')::date` },
    { column: 'birth_date', type: 'text', cast: 'birth_date::date' },
    { column: 'id', type: 'uuid', cast: 'id::text collate "C"' },
    { column: 'id', type: 'double precision', cast: 'id::text collate "C"' },
    { column: 'city', type: 'jsonb', cast: 'city::text' },
    { column: 'currency', type: 'character(3)', cast: 'currency::text' },
    { column: 'gender', type: 'boolean', cast: 'gender::text' },
    { column: 'source', type: 'integer', cast: 'source::text' },
  ])('refuses $column as $type with the cast to write', ({ column, type, cast }) => {
    const [finding, ...others] = shapeFindings(users, typed(column, type));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      table: 'backend.users',
      column,
      severity: 'error',
      remedy: `${cast} as ${column}`,
    });
    expect(finding!.found).toContain(type);
  });

  it('refuses money, and text for numbers', () => {
    const spec = tableSpecs.accounts;
    const { columns } = fittingRelation(spec);
    for (const type of ['money', 'text', 'json']) {
      const found = columns.map((one) => (one.name === 'credit_limit' ? { ...one, type, baseType: type } : one));
      const [finding] = shapeFindings(spec, { ...fittingView, columns: found });
      expect(finding).toMatchObject({ column: 'credit_limit', remedy: 'credit_limit::numeric as credit_limit' });
    }
  });

  it('accepts other ways of holding the same values', () => {
    expect(shapeFindings(users, typed('id', 'character varying(36)'))).toEqual([]);
    expect(
      shapeFindings(users, withColumn('gender', { type: 'app.gender', baseType: 'app.gender', isEnum: true })),
    ).toEqual([]);
  });

  it('refuses keys in the order of a language', () => {
    const [finding] = shapeFindings(users, withColumn('id', { bytewise: false }));
    expect(finding!.found).toContain('collation');
    expect(shapeFindings(users, withColumn('city', { bytewise: false }))).toEqual([]);
  });

  it('names every column that is missing, with an expression or a change of the table', () => {
    const columns = fittingView.columns.filter(({ name }) => name !== 'city' && name !== 'currency');
    const inView = shapeFindings(users, { ...fittingView, columns });
    expect(inView.map(({ column, remedy }) => [column, remedy])).toEqual([
      ['city', 'null::text as city'],
      ['currency', '<your column>::text as currency'],
    ]);
    const [inTable] = shapeFindings(users, { ...fittingView, kind: 'table', columns });
    expect(inTable!.remedy).toBe('alter table backend.users add column city text;');
  });

  it('names the grant of a schema, a table or a column', () => {
    const remedyOf = (relation: Relation) => shapeFindings(users, relation)[0]!.remedy;
    expect(remedyOf({ ...fittingView, schemaUsable: false })).toBe('grant usage on schema backend to ml_reader;');
    const closed = fittingView.columns.map((column) => ({ ...column, selectable: false }));
    const grant = 'grant select on backend.users to "ML Reader";';
    expect(remedyOf({ ...fittingView, user: 'ML Reader', columns: closed })).toBe(grant);
    expect(shapeFindings(users, withColumn('city', { selectable: false }))).toMatchObject([{ column: 'city' }]);
  });

  it('names a missing schema or table and the template', () => {
    const absent = { ...fittingView, kind: null, owner: null, columns: [] };
    expect(shapeFindings(users, { ...absent, schemaExists: false })).toMatchObject([
      { table: 'backend', remedy: 'ml data template backend > views.sql' },
    ]);
    expect(shapeFindings(users, absent)).toMatchObject([
      { table: 'backend.users', found: 'missing', remedy: 'ml data template backend --only users' },
    ]);
  });
});

describe('schemaMismatch', () => {
  it('names the first finding and counts the others', () => {
    const findings = shapeFindings(users, { ...fittingView, kind: 'table', columns: [] });
    expect(schemaMismatch(findings)).toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', retryable: false });
    const columns = fittingView.columns.slice(0, 3);
    const error = schemaMismatch(shapeFindings(users, { ...fittingView, columns }), { sqlState: 'x' });
    expect(error.message).toMatch(/backend\.users\.birth_date: missing, wanted date; 4 more in this table/);
    expect(error.details).toMatchObject({ table: 'backend.users', column: 'birth_date', sqlState: 'x' });
  });
});
