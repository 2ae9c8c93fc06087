import type { DataQuality, FailedCheck } from '../../contracts/dataset.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import type { TableReport } from '../../datasets/validation/check-ledger.js';
import { formerRowCounts } from '../../datasets/validation/expectations/table-rules.js';
import { loadQualityReport } from '../../datasets/validation/quality-report.js';
import { formatMinute } from '../format-minute.js';
import { code, column, NONE, percent, plain } from '../model-cards/cells.js';
import type { Block, CardDocument, Cell, Section } from '../model-cards/document.js';
import { toHtml } from '../model-cards/html.js';
import { reportPlots } from './report-plots.js';

/** Former runs whose numbers of rows are drawn. */
const DRAWN_RUNS = 10;

/** What a data report says. */
export interface DataReportFacts {
  readonly snapshotHash: string;
  readonly source: string;
  readonly asOf: Date;
  readonly quality: DataQuality;
  readonly maxRejectedShare: number;
  readonly tables: readonly TableReport[];
  /** Rows by table in former runs, newest first. */
  readonly former: readonly ReadonlyMap<string, number>[];
}

const count = (value: number): string => value.toLocaleString('en-US');

function tablesSection({ tables, maxRejectedShare }: DataReportFacts): Section {
  const rows = tables.map(({ table, checkedRows, rejectedRows }): Cell[] => {
    const tooMany = rejectedRows > maxRejectedShare * checkedRows;
    const share = checkedRows === 0 ? NONE : plain(percent(rejectedRows / checkedRows));
    return [
      plain(table),
      plain(count(checkedRows)),
      { text: count(rejectedRows), ...(tooMany && { tone: 'bad' }) },
      share,
    ];
  });
  const columns = [column('table', false), column('rows'), column('rows with faults'), column('share')];
  return { id: 'tables', title: 'Tables', blocks: [{ kind: 'table', columns, rows }] };
}

const checkRow = ({ table, column: name, check, failedRows, example, severity }: FailedCheck): Cell[] => [
  plain(name === null ? table : `${table}.${name}`),
  plain(check),
  severity === 'warn' ? { text: 'warning', tone: 'muted' } : { text: 'fault', tone: 'bad' },
  plain(failedRows === 0 ? 'the table' : count(failedRows)),
  example === null ? NONE : plain(example),
];

function checksSection({ tables }: DataReportFacts): Section {
  const rows = tables.flatMap(({ failedChecks }) => failedChecks.map(checkRow));
  const words = [column('column', false), column('check', false), column('counts as', false)];
  const columns = [...words, column('rows'), column('found and wanted, first row', false)];
  const block: Block =
    rows.length === 0
      ? { kind: 'points', items: ['Every check of every row and table passed.'] }
      : { kind: 'table', columns, rows };
  return { id: 'checks', title: 'Failed checks', blocks: [block] };
}

function missingSection({ tables }: DataReportFacts): Section {
  const rows = tables.flatMap(({ table, nullShares }) =>
    Object.entries(nullShares).map(([name, share]) => [plain(`${table}.${name}`), plain(percent(share))]),
  );
  const columns = [column('column', false), column('rows without a value')];
  const block: Block =
    rows.length === 0 ? { kind: 'points', items: ['No value is missing.'] } : { kind: 'table', columns, rows };
  return { id: 'missing', title: 'Missing values', blocks: [block] };
}

function plotsSection({ tables, former }: DataReportFacts): Section[] {
  const plots = reportPlots(tables, former);
  return plots.length === 0 ? [] : [{ id: 'plots', title: 'Drawings', blocks: [{ kind: 'plots', plots }] }];
}

function snapshotSection({ snapshotHash, source, asOf, quality, maxRejectedShare }: DataReportFacts): Section {
  const { accepted } = quality;
  const left = accepted === undefined ? 'no rows' : `${count(accepted.quarantinedRows)} rows`;
  const rows = [
    { label: 'Snapshot', value: code(snapshotHash) },
    { label: 'Source', value: plain(source) },
    { label: 'As of', value: plain(`${formatMinute(asOf)} UTC`) },
    { label: 'Most rows with faults in a table', value: plain(percent(maxRejectedShare)) },
    { label: 'In quarantine, left out of later steps', value: plain(left) },
    ...(accepted === undefined ? [] : [{ label: 'Accepted snapshot', value: code(accepted.hash) }]),
  ];
  return { id: 'snapshot', title: 'Snapshot', blocks: [{ kind: 'facts', rows }] };
}

/** All sections of a data report, in reading order. */
export function dataReportDocument(facts: DataReportFacts): CardDocument {
  const { snapshotHash, source, asOf, quality, tables } = facts;
  const warnings = tables.flatMap(({ failedChecks }) => failedChecks.filter(({ severity }) => severity === 'warn'));
  return {
    kind: 'Data report',
    title: `${source} ${snapshotHash.slice(0, 12)}`,
    subtitle: `${formatMinute(asOf)} UTC`,
    banner: null,
    badges: [
      quality.passed ? { text: 'passed', tone: 'good' } : { text: 'rejected', tone: 'bad' },
      plain(`${count(quality.rejectedRows)} of ${count(quality.checkedRows)} rows with faults`),
      ...(warnings.length === 0 ? [] : [plain(`${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`)]),
    ],
    stage: null,
    reasons: [],
    headline: null,
    sections: [
      tablesSection(facts),
      checksSection(facts),
      ...plotsSection(facts),
      missingSection(facts),
      snapshotSection(facts),
    ],
  };
}

/**
 * The page of a validated snapshot: one file without scripts, with counts, checks and keys of first rows, and no values.
 * Equal reports give equal bytes.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function renderDataReport(blobs: BlobStore, snapshotHash: string, quality: DataQuality): Promise<string> {
  const manifest = await loadSnapshot(blobs, snapshotHash);
  const { tables, maxRejectedShare } = await loadQualityReport(blobs, quality.reportHash);
  const former = await formerRowCounts(blobs, manifest, DRAWN_RUNS);
  const { source, asOf } = manifest;
  const facts = { snapshotHash, source, asOf: new Date(asOf), quality, maxRejectedShare, tables, former };
  return toHtml(dataReportDocument(facts));
}
