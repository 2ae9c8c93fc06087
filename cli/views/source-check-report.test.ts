import { describe, expect, it } from 'vitest';
import type { SourceCheck, TableCheck } from '../../datasets/sources/backend/check/check-source.js';
import type { SourceFinding } from '../../datasets/sources/backend/check/finding.js';
import type { ModelAssessment } from '../../training/assess-source.js';
import { createOutput } from '../output/output.js';
import { reportCheck } from './source-check-report.js';

const finding = (change: Partial<SourceFinding> = {}): SourceFinding => ({
  table: 'backend.users',
  column: 'created_at',
  severity: 'error',
  found: 'timestamp without time zone',
  wanted: 'timestamptz',
  remedy: "created_at at time zone 'Asia/Kolkata' as created_at",
  ...change,
});

const users: TableCheck = {
  table: 'users',
  kind: 'view',
  rows: { total: 60, exact: true, read: 60, from: '2018-11-17T00:00:00.000Z', to: '2025-12-01T00:00:00.000Z' },
  categories: [{ column: 'gender', known: { female: 30 }, unlisted: { Weiblich: 20 }, otherRows: 9, nullRows: 1 }],
  findings: [],
};
const learning: ModelAssessment = {
  model: 'credit-risk-scorer',
  learns: 'yes',
  rows: 1148,
  labelled: 117,
  minimumRows: 60,
  atLeast: false,
  labels: { '0': 102, '1': 15 },
  findings: [],
  notes: [],
};
const server = { version: '16.2', timeZone: 'UTC', database: 'shop', user: 'ml_reader' };

/** What is printed about these tables and models, and the exit codes set. */
function report(tables: readonly TableCheck[], models: readonly ModelAssessment[], json = false) {
  const [text, codes]: [string[], number[]] = [[], []];
  const stream = { write: (part: string) => text.push(part) > 0 };
  const out = createOutput({ stdout: stream, stderr: stream }, { json, verbose: false, terminal: { NO_COLOR: '1' } });
  const check: Omit<SourceCheck, 'samples'> = { server, tables, cut: [] };
  reportCheck({ out, exitWith: (code) => void codes.push(code) }, check, models);
  return { text: text.join(''), codes };
}

describe('reportCheck', () => {
  it('ends with 0 and the next command when nothing is to fix', () => {
    const { text, codes } = report([users], [learning]);
    expect(codes).toEqual([]);
    expect(text).toContain('database shop, PostgreSQL 16.2, user ml_reader');
    expect(text).toMatch(/users +view +60 +2018-11-17 +2025-12-01 +ok/);
    expect(text).toContain('users.gender: female 30, NOT LISTED "Weiblich" 20, other values 9, null 1');
    expect(text).toMatch(/credit-risk-scorer +yes +1,148 +117 +60 +0: 102, 1: 15/);
    expect(text).toContain('nothing to fix; 1 model can learn: `ml train all`');
  });

  it('ends with 2 and what to write when something is to fix', () => {
    const broken: TableCheck = {
      ...users,
      rows: null,
      categories: [],
      findings: [finding(), finding({ column: null })],
    };
    const { text, codes } = report([broken], [learning]);
    expect(codes).toEqual([2]);
    expect(text).toContain(
      "✗ backend.users.created_at\n    found   timestamp without time zone\n    wanted  timestamptz\n    remedy  created_at at time zone 'Asia/Kolkata' as created_at\n",
    );
    expect(text).toContain('✗ backend.users\n');
    expect(text).toContain('2 to fix');
  });

  it('calls a warning worth a look, and ends with 0', () => {
    const { text, codes } = report(
      [{ ...users, findings: [finding({ severity: 'warning', remedy: '' })] }],
      [learning],
    );
    expect(codes).toEqual([]);
    expect(text).toContain('1 to look at');
    expect(text).toContain('! backend.users.created_at');
    expect(text).not.toContain('remedy');
  });

  it('ends with 2 when no model can learn, and says why', () => {
    const short = { ...learning, learns: 'no', rows: null, labelled: null, findings: ['no rows in loans'] } as const;
    const { text, codes } = report([users], [short]);
    expect(codes).toEqual([2]);
    expect(text).toContain('  credit-risk-scorer: no rows in loans');
    expect(text).toContain('no model has enough to learn from');
  });

  it('says that counts of a part are estimates or lower bounds', () => {
    const rows = { ...users.rows!, total: 5_000_000, exact: false, read: 100_000 };
    const { text } = report([{ ...users, rows }], [{ ...learning, atLeast: true }]);
    expect(text).toContain('about 5,000,000 (100,000 read)');
    expect(text).toContain('≥ 1,148');
    const unknown = report([{ ...users, rows: { ...rows, total: null } }], [learning]);
    expect(unknown.text).toContain('more (100,000 read)');
  });

  it('reports the schema once, though every table lacks it, and everything as JSON', () => {
    const absent = finding({ table: 'backend', column: null });
    const tables = [users, { ...users, table: 'loans' as const }].map((one) => ({ ...one, findings: [absent] }));
    const { text } = report(tables, [learning], true);
    const document = JSON.parse(text) as { ok: boolean; findings: object[]; tables: object[] };
    expect(document).toMatchObject({ ok: false, source: 'backend', server, models: [learning] });
    expect([document.findings.length, document.tables.length]).toEqual([1, 2]);
  });
});
