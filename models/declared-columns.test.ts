import { expect, it } from 'vitest';
import type { BackendTable, SnapshotTables, TableColumns } from '../contracts/backend.js';
import { featureViews } from '../feature-store/definitions/index.js';
import { textColumn } from '../learning/table.js';
import { generatedTables } from '../tests/support/generated-tables.js';
import { loadCatalogue } from './catalogue.js';

const { tables: all, asOf } = generatedTables({ users: 12, months: 12 });
const users = textColumn(all.users!, 'id').map((id) => id!);

/** The tables with these columns alone, as they are loaded. */
const only = (columns: TableColumns): SnapshotTables =>
  Object.fromEntries(
    Object.entries(columns).map(([table, names]) => {
      const { rowCount, columns: present } = all[table as BackendTable]!;
      return [table, { rowCount, columns: Object.fromEntries(names.map((name) => [name, present[name]!])) }];
    }),
  );

/** Each column of a declaration, and the declaration without it. */
const withoutEach = (columns: TableColumns): [string, TableColumns][] =>
  (Object.entries(columns) as [BackendTable, readonly string[]][]).flatMap(([table, names]) =>
    names.map((name): [string, TableColumns] => [
      `${table}.${name}`,
      { ...columns, [table]: names.filter((other) => other !== name) },
    ]),
  );

/** Declares too little: it fails. Declares too much: nothing is missed without the column. */
function checkDeclaration(columns: TableColumns, read: (tables: SnapshotTables) => unknown): void {
  expect(() => read(only(columns))).not.toThrow();
  for (const [column, fewer] of withoutEach(columns))
    expect(() => read(only(fewer)), column).toThrow(expect.objectContaining({ code: 'MISSING_COLUMN' }));
}

it.each(featureViews.map((view) => [view.name, view] as const))(
  'the view %s reads exactly the columns that it declares',
  (_name, view) => {
    checkDeclaration(view.columns, (tables) => {
      const compute = view.prepare(tables);
      return users.map((user) => compute(user, asOf));
    });
  },
);

it.each((await loadCatalogue()).map(({ name, backend }) => [name, backend] as const))(
  'the training rows of %s read exactly the columns that it declares',
  (_name, backend) => {
    checkDeclaration(backend.columns, (tables) => backend.rows(tables, { asOf, source: 'generated' }));
    const needed = Object.entries(backend.needs ?? {}).flatMap(([table, names]) =>
      Object.keys(names).map((name) => `${table}.${name}`),
    );
    const declared = withoutEach(backend.columns).map(([column]) => column);
    expect(declared).toEqual(expect.arrayContaining(needed));
  },
);
