import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { asSqlFault, connectToSource, faultFinding, slowFinding } from './read-fault.js';

const fault = (code: string, message: string, routine = '') => Object.assign(new Error(message), { code, routine });
const findingOf = (code: string, message: string, routine = '') =>
  faultFinding(asSqlFault(fault(code, message, routine))!, 'backend.users', 'app_owner');

describe('faultFinding', () => {
  it('names the column that a view lacks', () => {
    expect(findingOf('42703', 'column "gender" does not exist')).toMatchObject({
      table: 'backend.users',
      column: 'gender',
      found: 'a column is missing: column "gender" does not exist (42703)',
    });
  });

  it.each([
    ['22P02', 'invalid input syntax for type numeric: "4,711 Priya"'],
    ['22003', 'value "4711 Priya" is out of range for type integer'],
    ['P0001', 'customer Priya 4711 is locked'],
  ])('never repeats a value that %s quotes', (code, message) => {
    const { found } = findingOf(code, message)!;
    expect(found).not.toMatch(/Priya|4711|4,711/);
  });

  it('tells row-level security from a missing right, whatever the language of the server', () => {
    const hidden = findingOf('42501', 'la consulta sería afectada', 'check_enable_rls');
    expect(hidden).toMatchObject({ remedy: expect.stringContaining('alter view backend.users owner to') as string });
    const lacking = findingOf('42501', 'permission denied for table customers', 'aclcheck_error');
    expect(lacking).toMatchObject({ remedy: expect.stringContaining('to app_owner;') as string });
    expect(lacking!.found).toContain('customers');
  });

  it.each(['57P01', '53300', '40001', 'XX000'])('finds no fault of the source in %s', (code) => {
    expect(findingOf(code, 'terminating connection')).toBeNull();
  });

  it.each(['21000', '22012', '2201B', '42883', '54001'])('finds a view that fails in %s', (code) => {
    expect(findingOf(code, 'it fails')).toMatchObject({
      severity: 'error',
      found: expect.stringContaining(code) as string,
    });
  });
});

it('asSqlFault takes errors of the server only', () => {
  expect(asSqlFault(fault('ECONNRESET', 'x'))).toBeNull();
  expect(asSqlFault('text')).toBeNull();
  expect(asSqlFault(new Error('x'))).toBeNull();
});

it('slowFinding names the limit and the index', () => {
  expect(slowFinding('backend.users', 30)).toMatchObject({
    found: expect.stringContaining('30 s') as string,
    remedy: expect.stringContaining('create index') as string,
  });
  expect(slowFinding('backend.users', null).found).toContain('statement timeout of this user');
});

describe('connectToSource', () => {
  const failing = (error: Error) => ({ connect: () => Promise.reject(error) }) as unknown as pg.Pool;

  it.each(['28P01', '28000', '3D000'])('reports %s as refused, which no repetition mends', async (code) => {
    const refused = connectToSource(failing(fault(code, 'no')));
    await expect(refused).rejects.toMatchObject({ code: 'SERVICE_REFUSED', retryable: false });
  });

  it('reports anything else as an outage', async () => {
    const away = connectToSource(failing(fault('ECONNREFUSED', 'refused')), { table: 'users' });
    await expect(away).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { table: 'users' } });
  });
});
