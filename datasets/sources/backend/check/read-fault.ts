import type pg from 'pg';
import { messageOf, PipelineError } from '../../../../contracts/errors.js';
import { serviceUnavailable } from '../../../../platform/outage.js';
import type { SourceFinding } from './finding.js';

/** SQLSTATE of a query that was stopped: by its statement timeout, or on request. */
export const QUERY_STOPPED = '57014';

/** What PostgreSQL sends with an error. */
export interface SqlFault {
  readonly message: string;
  /** SQLSTATE. */
  readonly code: string;
  /** Function of the server that raised it; tells apart what one code stands for, in every language. */
  readonly routine?: string;
}

/** The driver's error as sent by the server; null for anything else, such as a lost connection. */
export function asSqlFault(fault: unknown): SqlFault | null {
  if (!(fault instanceof Error) || !('code' in fault) || typeof fault.code !== 'string') return null;
  return /^[0-9A-Z]{5}$/.test(fault.code) ? (fault as Error & { code: string }) : null;
}

/**
 * Classes of SQLSTATE that the statements of a view cause: data and cardinality faults, missing objects and rights,
 * faults of its functions.
 */
const viewFaults = ['0A', '21', '22', '23', '2F', '38', '39', '42', '44', '54', 'P0'];

/** Explanations of single codes; a code without one keeps the message of the server. */
const explanations: Readonly<Record<string, string>> = {
  '3F000': 'schema `backend` is missing',
  '42P01': 'a table is missing',
  '42703': 'a column is missing',
  '42883': 'a column has another type',
  '42804': 'a column has another type',
  '42846': 'a column has another type',
  '22003': 'a number is out of range',
  P0001: 'a function of the view raises an exception',
};

/** A server's message without what may be a value of a row: all that is quoted, and texts that a function wrote. */
function publicMessage({ code, message }: SqlFault): string {
  if (code.startsWith('P0')) return '';
  return code.startsWith('42') ? message : message.replace(/"[^"]*"/g, '"…"').replace(/: "…"$/, '');
}

/** Protected rows would be left out silently; the sessions set `row_security = off`, which makes that an error. */
const rowSecurity = (table: string): Pick<SourceFinding, 'found' | 'wanted' | 'remedy'> => ({
  found: 'row-level security would hide rows from this user',
  wanted: 'a view that sees every row',
  remedy: `alter view ${table} owner to <owner of the protected table>;`,
});

function rightsBeneath({ message }: SqlFault, owner: string | null) {
  const to = owner ?? '<owner of the view>';
  return {
    found: `the view lacks a right: ${message}`,
    wanted: 'an owner who may read what the view selects from',
    remedy: `grant usage on schema <your schema> to ${to}; grant select on all tables in schema <your schema> to ${to};`,
  };
}

/** A time limit of the database was reached before a page was read. */
export const slowFinding = (table: string, seconds: number | null): SourceFinding => ({
  table,
  column: null,
  severity: 'error',
  found: `a page takes longer than ${seconds === null ? 'the statement timeout of this user' : `${seconds} s`}`,
  wanted: 'pages in the order of id, from an index',
  remedy: 'create index on <your table> ((<your key>::text collate "C"));',
});

/**
 * What a failed query says about the source.
 * @param table - with its schema. @param owner - of the view, for the grant that it may lack.
 * @returns null for a fault that the source's statements did not cause, such as a restart of the server.
 */
export function faultFinding(fault: SqlFault, table: string, owner: string | null = null): SourceFinding | null {
  const { code, routine, message } = fault;
  const finding = { table, column: null, severity: 'error' as const };
  if (code === '42501' && routine === 'check_enable_rls') return { ...finding, ...rowSecurity(table) };
  if (code === '42501') return { ...finding, ...rightsBeneath(fault, owner) };
  if (code !== '3F000' && !viewFaults.includes(code.slice(0, 2))) return null;
  const why = explanations[code] ?? 'it fails when it is read';
  const said = publicMessage(fault);
  return {
    ...finding,
    column: /column "?([\w.]+)"?/.exec(code.startsWith('42') ? message : '')?.[1] ?? null,
    found: said === '' ? why : `${why}: ${said} (${code})`,
    wanted: 'a table or view whose rows can all be read',
    remedy: `select * from ${table};`,
  };
}

/** A connection to the source. @throws PipelineError `SERVICE_REFUSED` for a wrong password or database, `SERVICE_UNAVAILABLE`. */
export async function connectToSource(
  pool: pg.Pool,
  details: { readonly table?: string } = {},
): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (fault) {
    const { code, message } = asSqlFault(fault) ?? { code: '', message: messageOf(fault) };
    if (/^(28|3D)/.test(code))
      throw new PipelineError('SERVICE_REFUSED', `the source database: ${message}`, details, { cause: fault });
    throw serviceUnavailable('the source database', message, { details, cause: fault });
  }
}
