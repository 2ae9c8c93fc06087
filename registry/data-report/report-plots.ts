import type { Plot } from '../../contracts/evaluation.js';
import type { TableReport } from '../../datasets/validation/check-ledger.js';

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json';
/** Bars in one drawing; the table beside it has all. */
const MOST_BARS = 20;

interface Bar {
  readonly name: string;
  readonly value: number;
}

/** Horizontal bars, the longest first. */
function bars(values: readonly Bar[], { title, format }: { readonly title: string; readonly format: string }) {
  const longest = [...values].sort((a, b) => b.value - a.value).slice(0, MOST_BARS);
  return {
    $schema: SCHEMA,
    width: 200,
    height: { step: 18 },
    data: { values: longest },
    mark: 'bar',
    encoding: {
      x: { field: 'value', type: 'quantitative', title, axis: { format, tickCount: 4 } },
      y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelLimit: 220 } },
    },
  };
}

function missingPlot(tables: readonly TableReport[]): Plot[] {
  const values = tables.flatMap(({ table, nullShares }) =>
    Object.entries(nullShares).map(([column, value]) => ({ name: `${table}.${column}`, value })),
  );
  if (values.length === 0) return [];
  const caption = 'Share of rows without a value, of the columns that miss the most; columns without missing values are left out.'; // prettier-ignore
  return [{ title: 'Missing values', caption, spec: bars(values, { title: 'share of rows', format: '.0%' }) }];
}

function faultsPlot(tables: readonly TableReport[]): Plot[] {
  const values = tables.flatMap(({ table, failedChecks }) =>
    failedChecks
      .filter(({ failedRows }) => failedRows > 0)
      .map(({ column, check, failedRows }) => ({ name: `${table}.${column ?? ''} ${check}`, value: failedRows })),
  );
  if (values.length === 0) return [];
  const caption = 'Rows that fail each check, warnings included.';
  return [{ title: 'Failed checks', caption, spec: bars(values, { title: 'rows', format: '~s' }) }];
}

/** Rows of each table in the former runs and this one, as shares of this one. */
function rowsPlot(tables: readonly TableReport[], former: readonly ReadonlyMap<string, number>[]): Plot[] {
  if (former.length === 0) return [];
  const runs = [...former].reverse();
  const values = tables.flatMap(({ table, checkedRows }) =>
    checkedRows === 0
      ? []
      : [...runs.map((counts) => counts.get(table) ?? 0), checkedRows].map((rows, index) => ({
          ...{ table, run: index - runs.length },
          share: Number((rows / checkedRows).toPrecision(6)),
        })),
  );
  const encoding = {
    x: { field: 'run', type: 'quantitative', title: 'run (0 = this one)', axis: { tickMinStep: 1, format: 'd' } },
    y: { field: 'share', type: 'quantitative', title: 'rows ÷ rows now' },
    color: { field: 'table', type: 'nominal', title: null, legend: { columns: 2 } },
  };
  const spec = { $schema: SCHEMA, width: 320, height: 200, data: { values }, mark: { type: 'line', point: true }, encoding }; // prettier-ignore
  const caption = 'Rows of each table in the last runs as a multiple of its rows now.';
  return [{ title: 'Rows by run', caption, spec }];
}

/** The drawings of a data report; those without anything to draw are left out. */
export const reportPlots = (
  tables: readonly TableReport[],
  former: readonly ReadonlyMap<string, number>[],
): readonly Plot[] => [...faultsPlot(tables), ...missingPlot(tables), ...rowsPlot(tables, former)];
