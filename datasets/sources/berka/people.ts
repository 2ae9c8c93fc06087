import type { AccountRow, UserRow } from '../backend/generator/rows.js';
import { decodeBirthNumber } from './codes.js';
import { type BerkaRow, locateTable, readTable } from './table-file.js';

/** Currency of all Berka amounts. */
export const CURRENCY = 'CZK';

/** Customers, accounts and the owners of the accounts. */
export interface BerkaPeople {
  readonly users: readonly UserRow[];
  readonly accounts: readonly AccountRow[];
  /** Client id by account id, for dispositions of type OWNER. */
  readonly ownerOf: ReadonlyMap<string, string>;
}

async function collect<T>(folder: string, table: string, columns: readonly string[], take: (row: BerkaRow) => T) {
  const rows: T[] = [];
  for await (const row of readTable(locateTable(folder, [table]), columns)) rows.push(take(row));
  return rows;
}

const readDistricts = (folder: string): Promise<(readonly [string, string])[]> =>
  collect(folder, 'district', ['A1', 'A2'], (row) => [String(row.integer('A1')), row.text('A2')] as const);

const readOpenings = (folder: string): Promise<(readonly [string, number])[]> =>
  collect(folder, 'account', ['account_id', 'date'], (row) => [String(row.integer('account_id')), row.date('date')]);

interface Disposition {
  readonly client: string;
  readonly account: string;
  readonly owner: boolean;
}

const readDispositions = (folder: string): Promise<Disposition[]> =>
  collect(folder, 'disp', ['client_id', 'account_id', 'type'], (row) => ({
    client: String(row.integer('client_id')),
    account: String(row.integer('account_id')),
    owner: row.text('type') === 'OWNER',
  }));

/** A client's joining date is the opening date of the first account that the client may use. */
function joiningDates(dispositions: readonly Disposition[], opened: ReadonlyMap<string, number>): Map<string, number> {
  const joined = new Map<string, number>();
  for (const { client, account } of dispositions) {
    const at = opened.get(account) ?? Number.POSITIVE_INFINITY;
    joined.set(client, Math.min(at, joined.get(client) ?? at));
  }
  return joined;
}

/** Reads the tables client, district, account and disp; card is left out, because it has neither limits nor transactions. */
export async function readPeople(folder: string): Promise<BerkaPeople> {
  const cities = new Map(await readDistricts(folder));
  const opened = new Map(await readOpenings(folder));
  const dispositions = await readDispositions(folder);
  const joined = joiningDates(dispositions, opened);
  const ownerOf = new Map(dispositions.filter(({ owner }) => owner).map(({ account, client }) => [account, client]));

  const users = await collect(folder, 'client', ['client_id', 'birth_number', 'district_id'], (row): UserRow => {
    const id = String(row.integer('client_id'));
    const { birthDate, gender } = decodeBirthNumber(row);
    const created_at = joined.get(id) ?? row.invalid('client_id', 'a client with an account in disp.asc');
    const city = cities.get(row.text('district_id')) ?? null;
    return { id, created_at, birth_date: birthDate, gender, city, employment: null, currency: CURRENCY };
  });
  const accounts = [...opened].map(([id, opened_at]): AccountRow => {
    const user_id = ownerOf.get(id) ?? '';
    return { id, user_id, kind: 'current', currency: CURRENCY, credit_limit: null, opened_at };
  });
  return { users, accounts, ownerOf };
}
