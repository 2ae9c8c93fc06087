import { readFile } from 'node:fs/promises';
import { backendTables } from '../../../contracts/backend.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import { describeIssues } from '../../../contracts/describe-issue.js';
import { messageOf, pipelineError } from '../../../contracts/errors.js';
import {
  columnsOfRule,
  type ExpectationFile,
  expectationFile,
  type TableExpectation,
} from '../../../contracts/expectations.js';
import { nearestHint } from '../../../contracts/nearest-name.js';
import type { ColumnKind } from '../../../contracts/table.js';
import type { Config } from '../../../platform/config/config.js';
import { fileNotReadable } from '../../../platform/file-not-readable.js';
import { quoteText, withDuckDb } from '../../snapshots/duckdb.js';
import { tableSpecs } from '../../sources/backend/tables.js';
import { kindOfType } from '../column-checks.js';

type Kinds = ReadonlyMap<string, ColumnKind>;

const kindsOf = (columns: readonly ColumnSpec[]): Kinds =>
  new Map(columns.map(({ name, type }) => [name, kindOfType(type)]));

const isMoment = (value: string | number): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

/** Why a constant cannot be compared with a column; null: it can. */
function constantFault(value: string | number | undefined, column: string, kinds: Kinds): string | null {
  if (value === undefined) return null;
  const kind = kinds.get(column);
  if (kind === 'text') return typeof value === 'string' ? null : `${column} holds texts; wanted a text`;
  if (kind === 'number') return typeof value === 'number' ? null : `${column} holds numbers; wanted a number`;
  return isMoment(value) ? null : `${column} holds moments; wanted one as ISO 8601, such as 2026-01-31`;
}

const needsKind = (column: string, kinds: Kinds, wanted: ColumnKind, rule: string): string | null =>
  kinds.get(column) === wanted ? null : `${column} holds ${kinds.get(column)}; ${rule} is for ${wanted} columns`;

type RuleOf<Kind extends TableExpectation['rule']> = Extract<TableExpectation, { readonly rule: Kind }>;

function compareFaults({ column, to, when }: RuleOf<'compare'>, kinds: Kinds): (string | null)[] {
  const ofCondition = when === undefined ? null : constantFault(when.value, when.column, kinds);
  if ('value' in to) return [constantFault(to.value, column, kinds), ofCondition];
  const fits = kinds.get(to.column) === kinds.get(column);
  return [fits ? null : `${column} and ${to.column} are of different kinds`, ofCondition];
}

const boundsFault = (...bounds: readonly unknown[]): string | null =>
  bounds.every((bound) => bound === undefined) ? 'wanted minimum, maximum or both' : null;

/** What does not fit between a rule and its columns, which exist. */
const misfits: {
  readonly [Kind in TableExpectation['rule']]: (rule: RuleOf<Kind>, kinds: Kinds) => (string | null)[];
} = {
  'not-null': () => [],
  unique: () => [],
  type: ({ column }, kinds) => [kinds.get(column) === 'timestamp' ? `${column} holds moments already` : null],
  range: ({ column, minimum, maximum }, kinds) => [
    boundsFault(minimum, maximum),
    ...[minimum, maximum].map((bound) => constantFault(bound, column, kinds)),
  ],
  set: ({ column, values }, kinds) => values.map((value) => constantFault(value, column, kinds)),
  regex: ({ column, rule }, kinds) => [needsKind(column, kinds, 'text', rule)],
  'foreign-key': ({ column, rule }, kinds) => [needsKind(column, kinds, 'text', rule)],
  monotone: ({ column }, kinds) => [
    kinds.get(column) === 'text' ? `${column} holds texts, which have no order in time` : null,
  ],
  compare: compareFaults,
  freshness: ({ column, rule }, kinds) => [needsKind(column, kinds, 'timestamp', rule)],
  'row-count': ({ minimum, maximum, tolerance }) => [
    boundsFault(minimum, maximum, tolerance) === null ? null : 'wanted minimum, maximum or tolerance',
  ],
};

const misfitsOf = (rule: TableExpectation, kinds: Kinds): (string | null)[] =>
  (misfits[rule.rule] as (rule: TableExpectation, kinds: Kinds) => (string | null)[])(rule, kinds);

/** What is wrong with the rules of a table. @param where - their place, for messages. */
export function ruleFaults(
  rules: readonly TableExpectation[],
  columns: readonly ColumnSpec[],
  where: string,
): readonly string[] {
  const kinds = kindsOf(columns);
  return rules.flatMap((rule, index) => {
    const place = `${where}[${index}] (${rule.rule})`;
    const unknown = columnsOfRule(rule).filter((name) => !kinds.has(name));
    if (unknown.length > 0)
      return unknown.map((name) => `${place}: there is no column ${name}${nearestHint(name, [...kinds.keys()])}`);
    return misfitsOf(rule, kinds).flatMap((fault) => (fault === null ? [] : [`${place}: ${fault}`]));
  });
}

/** Patterns that the database cannot read. */
async function patternFaults(rules: readonly TableExpectation[], where: string): Promise<string[]> {
  const patterns = rules.flatMap((rule, index) => (rule.rule === 'regex' ? [{ index, pattern: rule.pattern }] : []));
  if (patterns.length === 0) return [];
  return withDuckDb(async (connection) => {
    const faults: string[] = [];
    for (const { index, pattern } of patterns)
      await connection.run(`select regexp_full_match('', ${quoteText(pattern)})`).catch((fault: unknown) => {
        faults.push(`${where}[${index}] (regex): ${messageOf(fault).split('\n')[0]!}`);
      });
    return faults;
  });
}

/**
 * Expectations as a user wrote them.
 * @param where - file that they are from, for messages.
 * @throws PipelineError `EXPECTATIONS_INVALID` naming every table, column and rule that is unknown, and every rule that
 *   does not fit its columns.
 */
export async function parseExpectations(value: unknown, where: string): Promise<ExpectationFile> {
  const parsed = expectationFile.safeParse(value);
  if (!parsed.success)
    throw pipelineError('EXPECTATIONS_INVALID', { where, faults: describeIssues(parsed.error, value, () => []) });
  const faults: string[] = [];
  for (const table of backendTables) {
    const rules = parsed.data.tables[table] ?? [];
    const place = `tables.${table}`;
    faults.push(...ruleFaults(rules, tableSpecs[table].columns, place), ...(await patternFaults(rules, place)));
  }
  if (faults.length > 0) throw pipelineError('EXPECTATIONS_INVALID', { where, faults });
  return parsed.data;
}

/** The expectations in a JSON file. @throws PipelineError `FILE_NOT_READABLE`, `EXPECTATIONS_INVALID`. */
export async function readExpectations(path: string): Promise<ExpectationFile> {
  const text = await readFile(path, 'utf8').catch((fault: unknown) => {
    throw fileNotReadable(path, fault);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const faults = [`is not JSON: ${messageOf(cause)}`];
    throw pipelineError('EXPECTATIONS_INVALID', { where: path, faults }, { cause });
  }
  return parseExpectations(value, path);
}

/** The user's expectations by table: those of a file, else of the setting DATA_EXPECTATIONS; none without either. */
export async function expectationsInForce(
  { expectationsFile }: Pick<Config, 'expectationsFile'>,
  given: string | null = null,
): Promise<ExpectationFile['tables']> {
  const path = given ?? expectationsFile;
  return path === null ? {} : (await readExpectations(path)).tables;
}
