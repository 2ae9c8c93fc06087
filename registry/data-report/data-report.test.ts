import { describe, expect, it } from 'vitest';
import type { TableReport } from '../../datasets/validation/check-ledger.js';
import { toHtml } from '../model-cards/html.js';
import { dataReportDocument, type DataReportFacts } from './data-report.js';
import { reportPlots } from './report-plots.js';

const users: TableReport = {
  ...{ table: 'users', checkedRows: 300, rejectedRows: 0, nullShares: {} },
  failedChecks: [
    {
      ...{ table: 'users', column: null, check: 'row-count', failedRows: 0, severity: 'warn' },
      example: '300 rows, wanted within 50 % of 100, the median of the last 5 runs',
    },
  ],
};
const transactions: TableReport = {
  ...{
    table: 'transactions',
    checkedRows: 40_000,
    rejectedRows: 120,
    nullShares: { merchant: 0.33, disputed_at: 0.99 },
  },
  failedChecks: [
    {
      ...{ table: 'transactions', column: 'amount', check: 'range', failedRows: 120 },
      example: 'row <t1>: below the minimum -10000000000',
    },
  ],
};
const facts: DataReportFacts = {
  snapshotHash: 'a'.repeat(64),
  source: 'generated',
  asOf: new Date('2026-11-30T10:00:00Z'),
  quality: {
    ...{ passed: true, checkedRows: 40_300, rejectedRows: 120, reportHash: 'b'.repeat(64), failedChecks: [] },
    accepted: { hash: 'c'.repeat(64), rows: {}, quarantinedRows: 125 },
  },
  maxRejectedShare: 0.02,
  tables: [users, transactions],
  former: [new Map([['users', 100], ['transactions', 39_000]]), new Map([['users', 90]])], // prettier-ignore
};

describe('the page of a data report', () => {
  it('says what passed, failed, warned and was left out, in one file without scripts', async () => {
    const html = await toHtml(dataReportDocument(facts));
    for (const text of ['120 of 40,300 rows with faults', '1 warning', '125 rows', 'row-count', 'row &lt;t1&gt;'])
      expect(html).toContain(text);
    expect(html).not.toContain('<script');
    expect(html.match(/<svg/g)?.length).toBe(3);
    expect(await toHtml(dataReportDocument(facts))).toBe(html);
  });

  it('names a rejected snapshot, and tables with too many faults', () => {
    const rejected = { ...facts, quality: { ...facts.quality, passed: false }, maxRejectedShare: 0.001 };
    const { badges, sections } = dataReportDocument(rejected);
    expect(badges[0]).toEqual({ text: 'rejected', tone: 'bad' });
    const [table] = sections[0]!.blocks;
    expect(table).toMatchObject({ rows: [{}, [{ text: 'transactions' }, {}, { text: '120', tone: 'bad' }, {}]] });
  });

  it('has no empty table or drawing for sound data', async () => {
    const sound = { ...transactions, rejectedRows: 0, nullShares: {}, failedChecks: [] };
    expect(reportPlots([sound], [])).toEqual([]);
    const html = await toHtml(dataReportDocument({ ...facts, tables: [sound], former: [] }));
    expect(html).toContain('Every check of every row and table passed.');
    expect(html).toContain('No value is missing.');
    expect(html).not.toContain('<svg');
  });
});
