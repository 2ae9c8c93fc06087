import { describe, expect, it } from 'vitest';
import type { SnapshotTables } from '../contracts/backend.js';
import type { FeatureFunction, FeatureView } from '../contracts/feature-view.js';
import type { BackendDataset, GroupedColumns, RowsByUser } from '../contracts/model-definition.js';
import type { Table } from '../contracts/table.js';
import { numberColumn, textColumn, timestampColumn } from '../learning/table.js';
import { findModel, loadCatalogue } from '../models/catalogue.js';
import { generatedTables } from '../tests/support/generated-tables.js';
import { indexEvents } from '../feature-store/definitions/event-index.js';
import { rowsOfAll } from '../feature-store/definitions/rows-by-user.js';
import { joinPointInTime } from '../feature-store/offline/join-point-in-time.js';
import { requireNoGroupLeak, requireNoLeak } from '../feature-store/offline/leak-test.js';

const { tables, asOf } = generatedTables({ users: 80, months: 30 });
const snapshot = { asOf, source: 'generated', timeZone: 'Asia/Kolkata' };
const seed = 'ab'.repeat(32);

const rowsOf = (backend: BackendDataset, from: SnapshotTables = tables): Table =>
  joinPointInTime(backend.rows(from, snapshot).table, backend.views, from);

const test = (backend: BackendDataset, sample?: number): void =>
  requireNoLeak({ backend, tables, snapshot, rows: rowsOf(backend), seed, ...(sample && { sample }) });

const leak = (columns: readonly string[]): object => ({ code: 'FEATURE_LEAK', details: { columns } });
function faultOf(work: () => void): unknown {
  try {
    work();
    return null;
  } catch (fault) {
    return fault;
  }
}

const catalogue = await loadCatalogue();
const { backend: credit } = await findModel('credit-risk-scorer');
const { backend: anomalies } = await findModel('anomaly-detector');

describe.each(catalogue.map(({ name, backend }) => [name, backend] as const))('training rows of %s', (_, backend) => {
  it('use nothing that became known at or after their moment', () => test(backend, 150));
});

/** A view with one field, computed from payments of loans. */
const viewOf = (name: string, compute: (from: SnapshotTables) => FeatureFunction): FeatureView => ({
  ...{ name: 'planted', version: 1, entity: 'user', tables: ['loan_payments'], timeToLiveSeconds: 1 },
  columns: { loan_payments: ['user_id', 'due_at', 'paid_at'] },
  fields: [{ name, unit: 'count', description: 'Counts what it should not.' }],
  prepare: compute,
});
const paymentsOf = (from: SnapshotTables) => {
  const payments = from.loan_payments!;
  const users = textColumn(payments, 'user_id');
  return { users, due: timestampColumn(payments, 'due_at'), paid: timestampColumn(payments, 'paid_at') };
};
const count =
  (isCounted: (payments: ReturnType<typeof paymentsOf>, row: number, moment: number) => boolean) =>
  (from: SnapshotTables): FeatureFunction => {
    const payments = paymentsOf(from);
    return (user, moment) =>
      Float64Array.of(payments.users.filter((each, row) => each === user && isCounted(payments, row, moment)).length);
  };

describe('a planted leak', () => {
  it.each<[string, FeatureView]>([
    [
      'allPayments',
      viewOf(
        'allPayments',
        count(() => true),
      ),
    ],
    [
      'dueWithinMonth',
      viewOf(
        'dueWithinMonth',
        count(({ due }, row, moment) => due[row]! < moment + 30 * 86_400_000),
      ),
    ],
    [
      'paidByNow',
      viewOf(
        'paidByNow',
        count(({ due, paid }, row, moment) => due[row]! < moment && paid[row]! > 0),
      ),
    ],
  ])('in a view is found by its column: %s', (name, view) => {
    const backend = { ...credit, views: [...credit.views, view] };
    expect(faultOf(() => test(backend, 150))).toMatchObject(leak([name]));
  });

  it('of the row at the moment itself is found', () => {
    const ofApplications: FeatureView = {
      ...viewOf('applicationsSoFar', () => () => Float64Array.of(0)),
      ...{ tables: ['credit_applications'], columns: { credit_applications: ['user_id', 'applied_at'] } },
      prepare(from) {
        const index = indexEvents(from.credit_applications, 'user_id', 'applied_at');
        return (user, moment) => {
          let seen = 0;
          index.visit(user, { since: -Infinity, before: moment + 1 }, () => (seen += 1));
          return Float64Array.of(seen);
        };
      },
    };
    const backend = { ...credit, views: [ofApplications] };
    expect(faultOf(() => test(backend, 150))).toMatchObject(leak(['applicationsSoFar']));
  });

  it('in rows that a table without its time was read for is found', () => {
    const undated: FeatureView = {
      ...viewOf(
        'paymentsEver',
        (from) => (user) =>
          Float64Array.of(textColumn(from.loan_payments!, 'user_id').filter((each) => each === user).length),
      ),
      columns: { loan_payments: ['user_id'] },
    };
    const { loan_payments: payments, ...others } = tables;
    const narrow = { ...others, loan_payments: { ...payments!, columns: { user_id: payments!.columns.user_id! } } };
    const rows = joinPointInTime(credit.rows(tables, snapshot).table, [undated], narrow);
    const found = faultOf(() => requireNoLeak({ backend: { ...credit, views: [undated] }, tables: narrow, snapshot, rows, seed, sample: 150 })); // prettier-ignore
    expect(found).toMatchObject(leak(['paymentsEver']));
  });

  it('in the model’s own rows is found', () => {
    const byUser: RowsByUser = {
      ...credit.byUser!,
      rows(from, moment) {
        const { sections, counts } = credit.byUser!.rows(from, moment);
        const last = numberColumn(from.transactions!, 'amount').length;
        const own = sections.map((section) => ({
          ...section,
          columns: { ...section.columns, requestedAmount: { kind: 'number', values: numberColumn(section, 'requestedAmount').map((amount) => amount + last) } as const }, // prettier-ignore
        }));
        return { sections: own, counts };
      },
    };
    const backend = { ...credit, byUser, rows: rowsOfAll(byUser) };
    expect(faultOf(() => test(backend))).toMatchObject(leak(['requestedAmount']));
  });

  it('in columns over groups of rows is found', () => {
    const own = anomalies.byUser!.grouped!;
    const planted: GroupedColumns = {
      ...own,
      compute(times, values, into) {
        own.compute(times, values, into);
        into[0]!.fill(times.length); // counts the whole group
      },
    };
    const byUser = { ...anomalies.byUser!, grouped: planted };
    const backend = { ...anomalies, byUser, rows: rowsOfAll(byUser) };
    expect(faultOf(() => test(backend))).toMatchObject(leak([own.adds[0]!]));
    const rows = rowsOf(backend);
    expect(faultOf(() => requireNoGroupLeak(rows, planted, seed))).toMatchObject(leak([own.adds[0]!]));
    expect(faultOf(() => requireNoGroupLeak(rowsOf(anomalies), own, seed))).toBeNull();
  });
});
