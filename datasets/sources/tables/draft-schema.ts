import {
  type ColumnRole,
  columnRoles,
  type TableColumn,
  type TableSchema,
  type WrittenTableSchema,
} from '../../../contracts/table-schema.js';
import { DAY_MS } from '../../../learning/time-series/calendar/index.js';
import type { Cell } from '../files/cells.js';
import type { ReadingOptions } from '../files/reading-options.js';
import { type DetectedColumn, detectKinds, textOf } from './detect-kinds.js';
import { type GuessedRoles, guessRoles } from './guess-roles.js';
import { type RawTable, readCells } from './read-cells.js';

/** A described file: what was found in it, and the schema that follows. */
export interface DescribedFile {
  readonly fileName: string;
  readonly rows: number;
  readonly remarks: readonly string[];
  readonly columns: readonly DetectedColumn[];
  readonly schema: WrittenTableSchema;
}

/** Share of the time that the data span that becomes the newest window. */
const WINDOW_SHARE = 0.2;
/** Bounds are drafted this share of the range further out, since other data reach further. */
const SLACK = 0.5;

/** Rounded outwards to two digits. */
function outward(value: number, round: (scaled: number) => number): number {
  if (value === 0) return 0;
  const scale = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  const rounded = round(value / scale) * scale;
  return Number(rounded.toPrecision(2));
}

/** Bounds with room; what is never negative stays so. */
function boundsOf({ range, kind }: DetectedColumn): Pick<TableColumn, 'minimum' | 'maximum'> {
  if (range === null || (kind !== 'number' && kind !== 'integer')) return {};
  const room = SLACK * (range.maximum - range.minimum);
  const low = range.minimum - room;
  const [minimum, maximum] = [outward(low, Math.floor), outward(range.maximum + room, Math.ceil)];
  const bounds = { minimum: range.minimum >= 0 && low < 0 ? 0 : minimum, maximum };
  return kind === 'number' ? bounds : { minimum: Math.floor(bounds.minimum), maximum: Math.ceil(maximum) };
}

/** Why a column without a role is not learned from; null when it is. */
function unusable({ kind, distinct, name }: DetectedColumn, rows: number): string | null {
  if (kind === 'empty') return 'no value at all';
  if (distinct === 1) return 'one value only';
  if (kind === 'text') return `${distinct} different texts; give it the kind "category" to learn from it`;
  if (kind === 'timestamp') return 'a moment; only the time of the rows is read';
  return distinct === rows && kind === 'integer' && /id$|key$|number$|^no$/i.test(name) ? 'names each row' : null;
}

function columnOf(column: DetectedColumn, role: ColumnRole | undefined): TableColumn {
  const { name, values } = column;
  const kind = column.kind === 'empty' ? 'text' : column.kind;
  if (role === 'key' || role === 'group') return { name, kind: kind === 'integer' ? kind : 'text' };
  if (role === 'part') return { name, kind: 'category' };
  return {
    name,
    kind,
    ...(kind === 'category' && values !== null && { values: [...values] }),
    ...(role === 'label' ? {} : boundsOf(column)),
  };
}

/** The rarer value: of two outcomes usually the one that is looked for. */
function positiveOf(label: DetectedColumn, cells: readonly Cell[]): string | undefined {
  if (label.kind === 'flag' || label.values?.length !== 2) return undefined;
  const counts = label.values.map((value) => cells.filter((cell) => textOf(cell) === value).length);
  return label.values[counts[0]! <= counts[1]! ? 0 : 1];
}

/** `German Credit (2).csv` → `german-credit-2`. */
function nameOf(fileName: string): string {
  const words = fileName
    .replace(/(\.(csv|tsv|txt|json|ndjson|jsonl|asc|data|gz))+$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return (/^[a-z]/.test(words) ? words : `table-${words}`).slice(0, 40).replace(/-$/, '');
}

function windowDaysOf(time: DetectedColumn | undefined): number | undefined {
  if (time === undefined || time.range === null) return undefined;
  return Math.max(1, Math.round((WINDOW_SHARE * (time.range.maximum - time.range.minimum)) / DAY_MS));
}

const labelCells = ({ names, cells }: RawTable, label: string | undefined): readonly Cell[] =>
  cells[names.indexOf(label ?? '')] ?? [];

interface Draft {
  readonly raw: RawTable;
  readonly columns: readonly DetectedColumn[];
  readonly roles: GuessedRoles;
}

function guessesOf({ protected: kept, ...roles }: GuessedRoles, positive: string | undefined) {
  const named = columnRoles.filter((role) => roles[role] !== undefined);
  return [
    ...named,
    ...(positive === undefined ? [] : ['positive' as const]),
    ...(kept.length > 0 ? ['protected' as const] : []),
  ];
}

/** Columns that are read, and why the others are not. */
function columnsOf({ raw, columns, roles }: Draft): Pick<TableSchema, 'columns' | 'notUsed'> {
  const roleOf = (name: string): ColumnRole | undefined => columnRoles.find((role) => roles[role] === name);
  const isKept = ({ name }: DetectedColumn): boolean => roleOf(name) !== undefined || roles.protected.includes(name);
  const reasons = columns.map((column) => (isKept(column) ? null : unusable(column, raw.rowCount)));
  const left = columns.flatMap(({ name }, i) => (reasons[i] === null ? [] : [[name, reasons[i]!] as const]));
  return {
    columns: columns.filter((_, i) => reasons[i] === null).map((column) => columnOf(column, roleOf(column.name))),
    ...(left.length > 0 && { notUsed: Object.fromEntries(left) }),
  };
}

function schemaOf(draft: Draft): WrittenTableSchema {
  const { raw, columns, roles } = draft;
  const find = (name: string | undefined) => columns.find((column) => column.name === name);
  const { key, label, time, group, part } = roles;
  const found = find(label);
  const positive = found === undefined ? undefined : positiveOf(found, labelCells(raw, label));
  return {
    schemaVersion: 1,
    name: nameOf(raw.fileName),
    ...(key !== undefined && { key }),
    ...(label !== undefined && { label }),
    ...(positive !== undefined && { positive }),
    ...(time !== undefined && { time, windowDays: windowDaysOf(find(time)) }),
    ...(group !== undefined && { group }),
    ...(part !== undefined && { part }),
    protected: [...roles.protected],
    guessed: guessesOf(roles, positive),
    ...columnsOf(draft),
  };
}

/**
 * Detects the kind of every column of a file and drafts a schema: roles are guessed from names and values and marked so,
 * texts of few words get closed lists, numbers bounds with room. What is no use to learn from is left out with its reason.
 * @throws PipelineError as `readCells` and `detectKinds`.
 */
export async function describeFile(path: string, options: ReadingOptions = {}): Promise<DescribedFile> {
  const raw = await readCells(path, options);
  const columns = detectKinds(raw, options);
  const schema = schemaOf({ raw, columns, roles: guessRoles(columns, raw.rowCount) });
  return { fileName: raw.fileName, rows: raw.rowCount, remarks: raw.remarks, columns, schema };
}
