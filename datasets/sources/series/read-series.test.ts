import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isoDate } from '../../../learning/time-series/calendar/index.js';
import type { Frequency } from '../../../learning/time-series/forecasting/index.js';
import { periodLabels } from './period-labels.js';
import { readSeriesFile, type SeriesFile } from './read-series.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-series-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function read(text: string, options: Parameters<typeof readSeriesFile>[1] = {}): Promise<SeriesFile> {
  const path = join(folder, `${++files}.csv`);
  writeFileSync(path, text);
  return readSeriesFile(path, options);
}

const csv = (rows: readonly string[], header = 'ds,y'): string => [header, ...rows].join('\n');
/** A file of one series. */
const file = (periods: readonly string[]): string => csv(periods.map((ds, i) => `${ds},${i + 1}`));
const days = (from: number, count: number, step = 1): string[] =>
  Array.from({ length: count }, (_, i) => isoDate(from + i * step));

/** The two periods after the end, as they would be written. */
function ahead({ series: [first] }: SeriesFile): string[] {
  const { series, labels } = first!;
  return periodLabels(series, labels, series.values.length, 2);
}

describe('readSeriesFile finds the frequency and continues the periods as they are written', () => {
  const cases: [string, Frequency, string[], string[]][] = [
    [
      'hours',
      'hour',
      ['2024-01-01 22:00', '2024-01-01 23:00', '2024-01-02 00:00'],
      ['2024-01-02T01:00', '2024-01-02T02:00'],
    ],
    ['days', 'day', ['2024-02-26', '2024-02-27', '2024-02-28'], ['2024-02-29', '2024-03-01']],
    ['weeks', 'week', ['2024-01-01', '2024-01-08', '2024-01-15'], ['2024-01-22', '2024-01-29']],
    [
      'weeks, one of them a day late',
      'week',
      ['2024-01-01', '2024-01-09', '2024-01-15', '2024-01-22'],
      ['2024-01-29', '2024-02-05'],
    ],
    ['ISO weeks', 'week', ['2024-W51', '2024-W52', '2025-W01'], ['2025-01-06', '2025-01-13']],
    ['first days of months', 'month', ['2023-11-01', '2023-12-01', '2024-01-01'], ['2024-02-01', '2024-03-01']],
    ['last days of months', 'month', ['2023-11-30', '2023-12-31', '2024-01-31'], ['2024-02-29', '2024-03-31']],
    ['months', 'month', ['2023-11', '2023-12', '2024-01'], ['2024-02-01', '2024-03-01']],
    ['names of months', 'month', ['Nov 2023', 'Dec 2023', 'January 2024'], ['2024-02-01', '2024-03-01']],
    ['last days of quarters', 'quarter', ['2023-06-30', '2023-09-30', '2023-12-31'], ['2024-03-31', '2024-06-30']],
    ['quarters', 'quarter', ['2023Q2', '2023-Q3', 'Q4 2023'], ['2024-01-01', '2024-04-01']],
    ['quarters of short years', 'quarter', ['2Q23', "Q3'23", '4Q2023'], ['2024-01-01', '2024-04-01']],
    ['months before years', 'month', ['10/2023', '11/2023', '12-2023'], ['2024-01-01', '2024-02-01']],
    [
      'quarters that begin in February',
      'quarter',
      ['2023-02-01', '2023-05-01', '2023-08-01'],
      ['2023-11-01', '2024-02-01'],
    ],
    ['years', 'year', ['2021', '2022', '2023'], ['2024-01-01', '2025-01-01']],
    ['ends of financial years', 'year', ['2021-03-31', '2022-03-31', '2023-03-31'], ['2024-03-31', '2025-03-31']],
  ];
  it.each(cases)('%s', async (_, frequency, periods, next) => {
    const found = await read(file(periods));
    expect(found.series[0]!.series).toMatchObject({ frequency, values: Float64Array.from(periods, (_, i) => i + 1) });
    expect(ahead(found)).toEqual(next);
    expect(found.series[0]!.remarks).toEqual([]);
  });

  it('days of the clock that the rows were written on, hours of UTC', async () => {
    const east = await read(file(['2024-03-01T00:00+05:30', '2024-04-01T00:00+05:30', '2024-05-01T00:00+05:30']));
    expect(ahead(east)).toEqual(['2024-06-01', '2024-07-01']);
    const summer = ['2024-03-31T00:30+01:00', '2024-03-31T01:30+01:00', '2024-03-31T03:30+02:00'];
    expect(ahead(await read(file(summer)))).toEqual(['2024-03-31T02:30', '2024-03-31T03:30']);
  });

  it('whole numbers of a JSON file as years', async () => {
    const path = join(folder, 'years.json');
    writeFileSync(path, JSON.stringify([2021, 2022, 2023].map((year) => ({ year, value: year }))));
    expect(ahead(await readSeriesFile(path))).toEqual(['2024-01-01', '2025-01-01']);
  });
});

describe('readSeriesFile', () => {
  it('keeps series apart, in any order of rows, each with its own frequency', async () => {
    const rows = ['b,2020,1', 'a,2024-01-03,3', 'b,2022,3', 'a,2024-01-01,1', 'b,2021,2', 'a,2024-01-02,2'];
    const { series } = await read(csv(rows, 'unique_id,ds,y'));
    expect(series.map(({ name, series: { frequency, values } }) => [name, frequency, ...Array.from(values)])).toEqual([
      ['b', 'year', 1, 2, 3],
      ['a', 'day', 1, 2, 3],
    ]);
  });

  it.each([
    [['Jan-23', 'Feb-23', 'Mar-23'], 'a number that may be its day or its year'],
    [['2021-22', '2022-23', '2023-24'], 'found a fiscal year'],
    [['2022H1', '2022H2', '2023H1'], 'found a half-year'],
    [['2021-W53', '2022-W01', '2022-W02'], 'found a week that its year does not have'],
    [['1', '2', '3'], 'found the number of a step and no date'],
  ])('names what is no period in %j', async (periods, finding) => {
    await expect(read(file(periods))).rejects.toThrow(finding);
  });

  it('finds columns by other names, semicolons and decimal commas', async () => {
    const { series, remarks } = await read('Date;Sales\n01.02.2024;1,5\n02.02.2024;2,5\n03.02.2024;3,5\n');
    expect(Array.from(series[0]!.series.values)).toEqual([1.5, 2.5, 3.5]);
    expect(remarks.join()).toContain('ds from Date');
    const named = await read('when,howMany\n2021,1\n2022,2\n2023,3\n', { columns: { ds: 'when', y: 'howMany' } });
    expect(named.series[0]!.series.frequency).toBe('year');
  });

  it('says gaps, and cuts empty ends', async () => {
    const rows = ['2024-01-01,', '2024-01-02,2', '2024-01-04,4', '2024-01-05,', '2024-01-06,6', '2024-01-07,'];
    const { series } = await read(csv(rows));
    expect(Array.from(series[0]!.series.values)).toEqual([2, NaN, 4, NaN, 6]);
    expect(series[0]!.remarks).toEqual([
      '2 of 5 days have no value and are interpolated',
      '1 rows after the last value have none: the forecast begins there',
    ]);
  });

  it('says that weekends have no value', async () => {
    const working = days(19_723, 28).filter((_, i) => i % 7 < 5); // from Monday, 1 January 2024
    expect((await read(file(working))).series[0]!.remarks.join()).toContain('no Saturday or Sunday');
  });

  it('uses the newest 3,000 values', async () => {
    const { series } = await read(file(days(0, 3010)));
    expect(series[0]!.series.values).toHaveLength(3000);
    expect(series[0]!.series.values[0]).toBe(11);
    expect(ahead({ fileName: '', remarks: [], series })).toEqual(days(3010, 2));
    expect(series[0]!.remarks).toEqual(['the last 3000 days are used, 10 older ones are not']);
  });

  it('leaves out a series that is too short or has too many gaps where others remain', async () => {
    const rows = ['a,2021,1', 'a,2022,2', 'a,2023,3', 'b,2021,1', 'b,2022,2', 'c,2000,1', 'c,2001,2', 'c,2023,3'];
    const { series, remarks } = await read(csv(rows, 'unique_id,ds,y'));
    expect(series.map(({ name }) => name)).toEqual(['a']);
    expect(remarks).toEqual([
      `left out: ${files}.csv, column "y": series 2 of 3 has 2 values, wanted at least 3`,
      `left out: ${files}.csv, column "ds": series 3 of 3: 21 of 24 years have no value, wanted at most half`,
    ]);
  });

  it('takes the frequency of the caller, and of other series for one of two steps', async () => {
    const irregular = file(['2024-01-01', '2024-01-03', '2024-01-07', '2024-01-08', '2024-01-10']);
    expect((await read(irregular, { frequency: 'day' })).series[0]!.series.values).toHaveLength(10);
    const quarterly = await read(file(['2020-01-01', '2021-01-01', '2022-01-01']), { frequency: 'year' });
    expect(quarterly.series[0]!.series.values).toHaveLength(3);
  });

  it.each([
    ['two rows of one period', file(['2024-01', '2024-02', '2024-03', '2024-02']), 'INVALID_VALUE', /row 4.*row 2/],
    ['two rows of one moment', csv(['2024,1', '2024,2', '2025,3', '2026,4']), 'INVALID_VALUE', /row 2.*row 1/],
    [
      'steps of 15 minutes',
      file(['2024-01-01 00:00', '2024-01-01 00:15', '2024-01-01 00:30']),
      'INVALID_VALUE',
      /its usual step is 15 minutes/,
    ],
    ['steps of ten days', file(days(0, 9, 10)), 'INVALID_VALUE', /its usual step is 10 days/],
    ['too few values', file(['2024', '2025']), 'TOO_FEW_ROWS', /2 values, wanted at least 3/],
    ['no value at all', csv(['2024,', '2025,', '2026,']), 'TOO_FEW_ROWS', /0 values/],
    ['mostly gaps', file(['2000', '2001', '2002', '2020']), 'INVALID_VALUE', /17 of 21 years/],
    [
      'two series that no one column names',
      csv(['a,x,2020,1', 'a,x,2021,2', 'a,y,2020,3', 'b,x,2020,4'], 'store,shelf,ds,y'),
      'INVALID_VALUE',
      /row 3.*already, row 1.*unique_id.*--columns/,
    ],
    [
      'a row without a name',
      csv(['a,2020,1', ',2021,2', 'a,2022,3'], 'unique_id,ds,y'),
      'INVALID_VALUE',
      /row 2.*name/,
    ],
    ['no column of values', csv(['2020', '2021'], 'ds'), 'MISSING_COLUMN', /y/],
    ['week 54', file(['2024-W54', '2024-W01']), 'INVALID_VALUE', /row 1/],
    ['a month of no name', file(['Foo 2024']), 'INVALID_VALUE', /row 1/],
  ])('refuses %s', async (_, text, code, message) => {
    await expect(read(text)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it.each(['store', 'sku', 'customer_id'])('takes %s as the name of the series', async (column) => {
    const rows = ['a,2020,1', 'a,2021,2', 'a,2022,3', 'b,2020,4', 'b,2021,5', 'b,2022,6'];
    const { series, remarks } = await read(csv(rows, `${column},ds,y`));
    expect(series.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(remarks).toContain(`columns by another name: unique_id from ${column}`);
  });

  it('keeps values that lie far apart in time', async () => {
    const years = Array.from({ length: 300 }, (_, i) => `${1750 + i}`);
    expect((await read(file(years))).series[0]!.series.values).toHaveLength(300);
  });
});
