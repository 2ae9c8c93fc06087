/** Said of a file with one value at a time. */
export const UNIVARIATE_REFUSED =
  'a univariate stream (one value at a time, without customers) is out of scope: a transaction is judged by the past of ' +
  'its customer; `ml forecast` reads such files and gives bands';

/** Names of columns that say when a value was, which series it is of, or whether it is an anomaly, in plain letters. */
const beside = {
  time: ['timestamp', 'time', 'date', 'datetime', 'ds', 'period', 'hour', 'day'],
  other: ['uniqueid', 'series', 'seriesid', 'label', 'anomaly', 'isanomaly', 'anomalous', 'changepoint'],
};

/** Columns of money belong to transactions, which may lack other columns. */
const money = /amount|debit|credit|withdrawal|deposit/;

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** A first line of values: a number, or a moment. */
const isValue = (name: string): boolean => /^[^\p{L}]+$|^\d{4}-\d\d-\d\dT/u.test(name);

/** True for moments with one value each, also without a header. @param columns - names, or the cells of the first line. */
export function isUnivariate(columns: readonly string[]): boolean {
  if (columns.length <= 2 && columns.every(isValue)) return true;
  const names = columns.map(plain);
  const values = names.filter((name) => !beside.time.includes(name) && !beside.other.includes(name));
  return values.length === 1 && !money.test(values[0]!) && names.some((name) => beside.time.includes(name));
}
