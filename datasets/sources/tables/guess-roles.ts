import type { ColumnRole } from '../../../contracts/table-schema.js';
import type { DetectedColumn } from './detect-kinds.js';

/** Columns that probably have a role. */
export interface GuessedRoles extends Readonly<Partial<Record<ColumnRole, string>>> {
  readonly protected: readonly string[];
}

const LABELS = words(
  'default defaulted bad label target y class outcome fraud isfraud churn churned status result response approved ' +
    'delinquent chargeoff loanstatus creditability risk',
);
const PEOPLE =
  /^(customer|client|user|applicant|account|person|member|borrower|merchant|patient|household|company|card)/;
const KEYS = /(^|_)(id|key|no|number|nr|uuid|ref|reference)$/;
const PARTS = words('part split set fold partition subset');
const PROTECTED = words(
  'sex gender age birth dob race ethnicity ethnic religion caste nationality citizenship foreign marital disability ' +
    'disabled pregnant orientation',
);
const TIMES = /(date|time|timestamp|day|_at|_on)$/;

/** A person has few rows, and there are enough people to hold some out. */
const FEWEST_GROUPS = 20;

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** `applicantId`, `Applicant ID` → `applicant_id`. */
const snake = (name: string): string =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
const flat = (name: string): string => snake(name).replaceAll('_', '');

const isName = ({ kind }: DetectedColumn): boolean => kind === 'text' || kind === 'integer' || kind === 'category';
const isOutcome = ({ distinct, kind }: DetectedColumn): boolean => distinct === 2 && kind !== 'timestamp';

function findPart(columns: readonly DetectedColumn[]): DetectedColumn | undefined {
  const isPart = ({ values }: DetectedColumn): boolean =>
    values !== null &&
    values.length === 2 &&
    values.every((value) => ['train', 'test'].includes(value.trim().toLowerCase()));
  return columns.find((column) => PARTS.has(flat(column.name)) && isPart(column));
}

function findKey(columns: readonly DetectedColumn[], rows: number): DetectedColumn | undefined {
  const unique = columns.filter((column) => isName(column) && column.distinct === rows && column.missing === 0);
  return unique.find(({ name }) => KEYS.test(snake(name)));
}

function findGroup(columns: readonly DetectedColumn[], rows: number): DetectedColumn | undefined {
  return columns.find(
    (column) =>
      isName(column) &&
      PEOPLE.test(snake(column.name)) &&
      (KEYS.test(snake(column.name)) || column.kind === 'text') &&
      column.missing === 0 &&
      column.distinct >= FEWEST_GROUPS &&
      column.distinct < rows,
  );
}

/** By its name; else the last column with two values, where tables usually have what is to be predicted. */
function findLabel(columns: readonly DetectedColumn[]): DetectedColumn | undefined {
  const named = columns.filter(({ name }) => LABELS.has(flat(name)));
  const last = columns.at(-1);
  return named.find(isOutcome) ?? (last !== undefined && isOutcome(last) ? last : undefined) ?? named[0];
}

const isProtected = ({ name, kind }: DetectedColumn): boolean =>
  kind !== 'timestamp' &&
  kind !== 'text' &&
  snake(name)
    .split('_')
    .some((word) => PROTECTED.has(word));

/** Roles by the names and values of the columns. @param rows - of the table. */
export function guessRoles(all: readonly DetectedColumn[], rows: number): GuessedRoles {
  const columns = all.filter(({ kind }) => kind !== 'empty');
  const part = findPart(columns);
  const key = findKey(columns, rows);
  const group = findGroup(
    columns.filter((column) => column !== key),
    rows,
  );
  const times = columns.filter(({ kind }) => kind === 'timestamp');
  const time = times.find(({ name }) => TIMES.test(snake(name))) ?? times[0];
  const free = columns.filter((column) => ![part, key, group, time].includes(column));
  const label = findLabel(free);
  const kept = free.filter((column) => column !== label && isProtected(column)).map(({ name }) => name);
  const roles = { key, label, time, group, part };
  const named = Object.entries(roles).flatMap(([role, column]) => (column === undefined ? [] : [[role, column.name]]));
  return { ...(Object.fromEntries(named) as Partial<Record<ColumnRole, string>>), protected: kept };
}
