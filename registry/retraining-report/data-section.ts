import type { DataQuality, FailedCheck } from '../../contracts/dataset.js';
import { code, column, NONE, percent, plain } from '../model-cards/cells.js';
import type { Block, Cell, Section } from '../model-cards/document.js';
import { isoDay } from '../holdout-sentence.js';
import type { ReportFacts, SnapshotFacts } from './report-facts.js';
import { formatMinute } from '../format-minute.js';

const momentOf = (milliseconds: number): string => `${formatMinute(new Date(milliseconds))} UTC`;

const rowsOf = ({ tables }: SnapshotFacts): number => tables.reduce((sum, { rows }) => sum + rows, 0);

/** `passed: 5 of 1,200 rows quarantined (0.4 %)`. */
export function qualityText({ passed, checkedRows, rejectedRows }: DataQuality): string {
  const share = checkedRows === 0 ? '' : ` (${percent(rejectedRows / checkedRows)})`;
  return `${passed ? 'passed' : 'rejected'}: ${rejectedRows} of ${checkedRows} rows quarantined${share}`;
}

const qualityCell = (quality: DataQuality | null): Cell =>
  quality === null
    ? { text: 'not validated', tone: 'muted' }
    : { text: qualityText(quality), tone: quality.passed ? 'good' : 'bad' };

/** The events of all tables together. */
function eventsText({ tables }: SnapshotFacts): string {
  const times = tables.flatMap(({ eventTime }) => (eventTime === null ? [] : [eventTime]));
  if (times.length === 0) return 'no dated rows';
  const [from, to] = [Math.min(...times.map((time) => time.from)), Math.max(...times.map((time) => time.to))];
  return `${isoDay(from)} to ${isoDay(to)}`;
}

/** A link to the page with every check; as for model cards the address is the hash of the page. */
const pageRow = (quality: DataQuality | null): { readonly label: string; readonly value: Cell }[] =>
  quality?.pageHash === undefined
    ? []
    : [{ label: 'Data report', value: { text: quality.pageHash.slice(0, 12), href: quality.pageHash } }];

function snapshotBlocks(snapshot: SnapshotFacts): Block[] {
  const rows = [
    { label: 'Snapshot', value: code(snapshot.hash) },
    { label: 'As of', value: plain(momentOf(snapshot.asOf)) },
    { label: 'First and last event', value: plain(eventsText(snapshot)) },
    { label: 'Rows', value: plain(`${rowsOf(snapshot)} in ${snapshot.tables.length} tables`) },
    { label: 'Checks', value: qualityCell(snapshot.quality) },
    ...pageRow(snapshot.quality),
  ];
  const tables = snapshot.tables.map(({ table, rows: count, eventTime }) => [
    plain(table),
    plain(String(count)),
    eventTime === null ? NONE : plain(isoDay(eventTime.from)),
    eventTime === null ? NONE : plain(isoDay(eventTime.to)),
  ]);
  const columns = [column('table', false), column('rows'), column('first event'), column('last event')];
  return [
    { kind: 'facts', rows },
    { kind: 'table', columns, rows: tables },
  ];
}

interface CheckedPart {
  readonly part: string;
  readonly quality: DataQuality | null;
}

const failedRow = (part: string, { table, column: name, check, failedRows, example }: FailedCheck): Cell[] => [
  plain(part),
  plain(name === null ? table : `${table}.${name}`),
  plain(check),
  plain(String(failedRows)),
  example === null ? NONE : plain(example),
];

function failedBlocks(parts: readonly CheckedPart[]): Block[] {
  const rows = parts.flatMap(({ part, quality }) => (quality?.failedChecks ?? []).map((one) => failedRow(part, one)));
  if (rows.length === 0) return [{ kind: 'points', items: ['Every check of every row passed.'] }];
  const words = [column('data of', false), column('column', false), column('check', false)];
  const columns = [...words, column('rows'), column('found and wanted, first row', false)];
  return [
    { kind: 'subheading', text: 'Failed checks; rows with one are quarantined' },
    { kind: 'table', columns, rows },
  ];
}

function datasetsBlock({ models }: ReportFacts): Block[] {
  const rows = models.flatMap(({ modelName, run, quality }) => {
    if (run === null || run.dataset === null) return [];
    return [
      [plain(modelName), plain(String(run.dataset.rows)), qualityCell(quality), code(run.dataset.hash.slice(0, 12))],
    ];
  });
  if (rows.length === 0) return [];
  const columns = [column('data set of', false), column('rows'), column('checks', false), column('data set', false)];
  return [
    { kind: 'subheading', text: 'Data sets' },
    { kind: 'table', columns, rows },
  ];
}

/** What the models were trained on: snapshot with its dates, counts, checks and quarantined rows. */
export function dataSection(facts: ReportFacts): Section {
  const { snapshot, models } = facts;
  const checked = models.filter(({ quality }) => quality !== null);
  const parts = [
    ...(snapshot === null || snapshot.quality === null ? [] : [{ part: 'snapshot', quality: snapshot.quality }]),
    ...checked.map(({ modelName, quality }) => ({ part: modelName, quality })),
  ];
  const none: Block = { kind: 'points', items: ['No snapshot was taken for all models.'] };
  return {
    id: 'data',
    title: 'Data',
    blocks: [
      ...(snapshot === null ? [none] : snapshotBlocks(snapshot)),
      ...datasetsBlock(facts),
      ...(parts.length === 0 ? [] : failedBlocks(parts)),
    ],
  };
}
