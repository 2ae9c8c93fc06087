import type { SnapshotTables } from '../../../contracts/backend.js';
import type { RowsByUser, RowsConclusion, RowsOfUsers } from '../../../contracts/model-definition.js';
import type { Column, Table } from '../../../contracts/table.js';
import {
  encodedColumn,
  numberColumn,
  selectRows,
  snapshotTable,
  textColumn,
  timestampColumn,
  withColumn,
} from '../../../learning/table.js';
import { rowsOfAll } from '../../../feature-store/definitions/rows-by-user.js';
import { deriveFeatures } from './request-features.js';

const YEAR_MS = 365.25 * 86_400_000;

/** First booking of each user. */
function firstBookings(transactions: Table): ReadonlyMap<string, number> {
  const { codes, words } = encodedColumn(transactions, 'user_id');
  const times = timestampColumn(transactions, 'booked_at');
  const first = new Float64Array(words.length).fill(Infinity);
  for (let row = 0; row < codes.length; row++) if (times[row]! < first[codes[row]!]!) first[codes[row]!] = times[row]!;
  return new Map(words.map((word, code) => [word, first[code]!]));
}

/** How an application is used. */
type Use = 'used' | 'declined' | 'open' | 'no-history' | 'left-out';

function usesOf(applications: Table, tables: SnapshotTables, asOf: number): Use[] {
  const users = textColumn(applications, 'user_id');
  const decisions = textColumn(applications, 'decision');
  const outcomes = textColumn(applications, 'outcome');
  const outcomeAt = timestampColumn(applications, 'outcome_at');
  const appliedAt = timestampColumn(applications, 'applied_at');
  const first = firstBookings(snapshotTable(tables, 'transactions'));
  const hadHistory = (i: number): boolean => (first.get(users[i] ?? '') ?? Infinity) < appliedAt[i]!;
  return decisions.map((decision, i) => {
    if (decision !== 'approved') return decision === 'declined' && hadHistory(i) ? 'declined' : 'left-out';
    // Without a date before the snapshot's moment the outcome was not known yet.
    if (outcomes[i] === null || !(outcomeAt[i]! < asOf)) return 'open';
    return hadHistory(i) ? 'used' : 'no-history';
  });
}

interface Person {
  readonly gender: string | null;
  readonly birth: number;
}

function people(users: Table): ReadonlyMap<string, Person> {
  const genders = textColumn(users, 'gender');
  const births = timestampColumn(users, 'birth_date');
  const entries = textColumn(users, 'id').map(
    (id, i) => [id ?? '', { gender: genders[i]!, birth: births[i]! }] as const,
  );
  return new Map(entries);
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
const orNaN = (values: readonly (number | null)[]): Float64Array => Float64Array.from(values, (value) => value ?? NaN);

/** What each application says by itself, and the features derived from it. */
function requestColumns(applications: Table): Record<string, Column> {
  const text = (name: string): Column => ({ kind: 'text', values: textColumn(applications, name) });
  const number = (values: Float64Array): Column => ({ kind: 'number', values });
  const amounts = numberColumn(applications, 'requested_amount');
  const terms = numberColumn(applications, 'term_months');
  const incomes = numberColumn(applications, 'declared_monthly_income');
  const collaterals = numberColumn(applications, 'collateral_value');
  const derived = Array.from(amounts, (requestedAmount, i) =>
    deriveFeatures({
      requestedAmount,
      termMonths: terms[i]!,
      declaredMonthlyIncome: orNull(incomes[i]!),
      collateralValue: orNull(collaterals[i]!),
    }),
  );
  return {
    kind: text('kind'),
    employment: text('employment'),
    requestedAmount: number(amounts),
    termMonths: number(terms),
    declaredMonthlyIncome: number(incomes),
    collateralValue: number(collaterals),
    loanToValue: number(orNaN(derived.map(({ loanToValue }) => loanToValue))),
    emiToIncome: number(orNaN(derived.map(({ emiToIncome }) => emiToIncome))),
  };
}

function addPeople(table: Table, userIds: readonly (string | null)[], users: Table): Table {
  const byId = people(users);
  const persons = userIds.map((id) => byId.get(id ?? ''));
  const appliedAt = timestampColumn(table, 'as_of');
  const ages = Float64Array.from(persons, (person, i) => (appliedAt[i]! - (person?.birth ?? NaN)) / YEAR_MS);
  const withGender = withColumn(table, 'gender', { kind: 'text', values: persons.map((p) => p?.gender ?? null) });
  return withColumn(withGender, 'ageYears', { kind: 'number', values: ages });
}

const countOf = (uses: readonly Use[], wanted: Use): number => uses.filter((use) => use === wanted).length;

/** With fewer outcomes declined rows are left out too, so that they do not count towards the minimum of rows. */
const FEWEST_OUTCOMES = 60;

function describe({ used = 0, noHistory = 0, bad, open, declined }: RowsOfUsers['counts']): RowsConclusion {
  const notes = [
    `${used} of ${used + noHistory} loans with a known outcome have any earlier transaction (${bad} bad); the others are left out`,
    `${open} approved applications without an outcome yet are not used; ` +
      `${declined} declined ones have none and serve reject inference alone`,
  ];
  return used < FEWEST_OUTCOMES ? { notes, leaveOut: { column: 'decision', value: 'declined' } } : { notes };
}

const labelOf = (outcome: string | null, decision: string | null): number => {
  if (decision === 'declined') return NaN;
  return outcome === 'defaulted' ? 1 : 0;
};

function applicationsOf(tables: SnapshotTables, snapshot: { readonly asOf: number }): RowsOfUsers {
  const applications = snapshotTable(tables, 'credit_applications');
  const uses = usesOf(applications, tables, snapshot.asOf);
  const chosen = selectRows(
    applications,
    [...uses.keys()].filter((i) => uses[i] === 'used' || uses[i] === 'declined'),
  );
  const decisions = textColumn(chosen, 'decision');
  const outcomes = textColumn(chosen, 'outcome');
  const defaulted = Float64Array.from(outcomes, (outcome, i) => labelOf(outcome, decisions[i]!));
  const table: Table = {
    rowCount: chosen.rowCount,
    columns: {
      applicationId: { kind: 'text', values: textColumn(chosen, 'id') },
      entity_id: { kind: 'text', values: textColumn(chosen, 'user_id') },
      as_of: { kind: 'timestamp', values: timestampColumn(chosen, 'applied_at') },
      ...requestColumns(chosen),
      decision: { kind: 'text', values: decisions },
      defaulted: { kind: 'number', values: defaulted },
    },
  };
  const withPeople = addPeople(table, textColumn(chosen, 'user_id'), snapshotTable(tables, 'users'));
  const counts = {
    used: countOf(uses, 'used'),
    noHistory: countOf(uses, 'no-history'),
    open: countOf(uses, 'open'),
    declined: countOf(uses, 'declined'),
    bad: defaulted.filter((label) => label === 1).length,
  };
  return { sections: [withPeople], counts };
}

/**
 * The labelled rows of the backend: approved applications whose outcome was known at the snapshot's moment and whose
 * applicant had any transaction before (without one no feature is known), and the declined ones of such applicants,
 * whose label is unknown. Everything but the label is as of `as_of`.
 */
export const rowsByUser: RowsByUser = { rows: applicationsOf, conclude: describe };

/**
 * The rows of all applicants at once.
 * @throws PipelineError `DATASET_NOT_FOUND` without one of its tables; `MISSING_COLUMN`.
 */
export const labelledApplications = rowsOfAll(rowsByUser);
