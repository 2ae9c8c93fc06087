import { z } from 'zod';

/** What the cells of a column of any table are. `category` holds words, `text` names things and is for key and group. */
export const columnKinds = ['number', 'integer', 'flag', 'category', 'timestamp', 'text'] as const;
export type ColumnKind = (typeof columnKinds)[number];

const column = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(columnKinds),
  /** What reasons and requests call it. @default the name */
  description: z.string().min(1).optional(),
  /** Bounds of numbers; a request and a later file must keep them too. */
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  /** The closed list of a category. @default the words that training sees; others count as unknown */
  values: z.array(z.string().min(1)).min(1).max(1000).optional(),
  /** No cell may be empty. @default false */
  required: z.literal(true).optional(),
  /** 1: the risk may only rise with it; −1: only fall. @default free */
  monotone: z.union([z.literal(1), z.literal(-1)]).optional(),
});
export type TableColumn = z.infer<typeof column>;

/** Roles that one column has. */
export const columnRoles = ['key', 'label', 'time', 'group', 'part'] as const;
export type ColumnRole = (typeof columnRoles)[number];

/** What a draft may mark as guessed. */
const guessable = [...columnRoles, 'positive', 'protected'] as const;

/** Days of the newest window where the schema does not say. */
const WINDOW_DAYS = 90;

const fields = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  /** Names the line: `loans` → `table-loans`. */
  name: z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected kebab-case, such as german-credit'),
  /** Unique in each row. @default the row's number */
  key: z.string().optional(),
  label: z.string().optional(),
  /** The value of the label that counts as 1; a flag needs none. */
  positive: z.string().min(1).optional(),
  /** When a row was made: the newest rows are the window that judges. */
  time: z.string().optional(),
  /** Length of that window. */
  windowDays: z.number().positive().default(WINDOW_DAYS),
  /** Whom a row is about: all rows of one value stand on the same side of the holdout. */
  group: z.string().optional(),
  /** Holds `train` and `test`; rows of `test` are the holdout. */
  part: z.string().optional(),
  /** Kept for fairness slices and never learned from. */
  protected: z.array(z.string()).default([]),
  /** Roles that a draft guessed: to be looked at, and removed when they are right. */
  guessed: z.array(z.enum(guessable)).optional(),
  /** Columns of the file that are not read, with the reason; a note for the reader of the schema. */
  notUsed: z.record(z.string(), z.string()).optional(),
  /** All columns that are read. What has no role and is not protected is learned from. */
  columns: z.array(column).min(1).max(2000),
});

/** Kinds that a role allows; absent: all. */
const kindsOf: Readonly<Partial<Record<ColumnRole, readonly ColumnKind[]>>> = {
  key: ['text', 'integer', 'category'],
  time: ['timestamp'],
  group: ['text', 'integer', 'category'],
  part: ['category', 'text'],
};

type Fields = z.infer<typeof fields>;

const rolesOf = (schema: Fields): (readonly [string, string])[] => [
  ...columnRoles.flatMap((role) => (schema[role] === undefined ? [] : [[role, schema[role]] as const])),
  ...schema.protected.map((name) => ['protected', name] as const),
];

const twice = (names: readonly string[]): string | undefined => names.find((name, i) => names.indexOf(name) !== i);

/** What a role asks of its column; null when it is met. */
function roleFault(role: string, name: string, columns: readonly TableColumn[]): string | null {
  const found = columns.find((one) => one.name === name);
  if (found === undefined) return `${role}: there is no column "${name}" in columns`;
  const kinds = kindsOf[role as ColumnRole] ?? columnKinds;
  return kinds.includes(found.kind)
    ? null
    : `${role}: column "${name}" is a ${found.kind}, wanted ${kinds.join(' or ')}`;
}

/** Kinds that only a role can use. */
function unusedFault({ name, kind }: TableColumn): string | null {
  if (kind === 'text')
    return `column "${name}": text names things, for key and group; words to learn from are a category`;
  return kind === 'timestamp' ? `column "${name}": a timestamp is only read as the time of the rows` : null;
}

function boundsFault({ name, kind, minimum, maximum, values, monotone }: TableColumn): string | null {
  const numeric = kind === 'number' || kind === 'integer';
  if (values !== undefined && kind !== 'category') return `column "${name}": values belong to a category`;
  if ((minimum !== undefined || maximum !== undefined) && !numeric) return `column "${name}": bounds belong to numbers`;
  if (monotone !== undefined && kind === 'category') return `column "${name}": monotone belongs to numbers and flags`;
  return (minimum ?? -Infinity) > (maximum ?? Infinity) ? `column "${name}": minimum is above maximum` : null;
}

function faultsOf(schema: Fields): string[] {
  const { columns } = schema;
  const roles = rolesOf(schema);
  const names = new Set(roles.map(([, name]) => name));
  const free = columns.filter(({ name }) => !names.has(name));
  const [repeated, shared] = [twice(columns.map(({ name }) => name)), twice(roles.map(([, name]) => name))];
  const found = [
    repeated === undefined ? null : `column "${repeated}" stands twice in columns`,
    shared === undefined ? null : `column "${shared}" has two roles`,
    ...roles.map(([role, name]) => roleFault(role, name, columns)),
    ...free.map(unusedFault),
    ...columns.map(boundsFault),
    free.length === 0 ? 'no column is left to learn from' : null,
  ];
  return found.filter((fault) => fault !== null);
}

/**
 * Describes any table with one row a thing to be judged: its columns with their kinds, and what they are for. Users write
 * it as JSON (docs/data-formats.md), `ml data describe` drafts it, and an artefact that was trained by it carries it.
 */
export const tableSchema = fields.superRefine((schema, context) => {
  for (const message of faultsOf(schema)) context.addIssue({ code: 'custom', message, input: undefined });
});
export type TableSchema = z.infer<typeof tableSchema>;
/** As a user writes it: what has a default may be left out. */
export type WrittenTableSchema = z.input<typeof tableSchema>;

/** Name of the layout that a schema describes, in data sets and messages. */
export const TABLE_FORMAT = 'table';

const LINE_PREFIX = 'table-';

/** Line of the versions that are trained by a schema; no source or layout has such a name. */
export const lineOfTable = ({ name }: Pick<TableSchema, 'name'>): string => `${LINE_PREFIX}${name}`;

/** What of a schema decides on the model: columns and roles. Descriptions and notes for the reader do not. */
export const learnedOf = (schema: TableSchema) => ({
  columns: schema.columns.map((column) => ({ ...column, description: undefined })),
  roles: Object.fromEntries(columnRoles.map((role) => [role, schema[role] ?? null])),
  positive: schema.positive ?? null,
  protected: schema.protected,
});

/** The columns that are learned from. */
export function learnedColumns(schema: TableSchema): readonly TableColumn[] {
  const named = new Set(rolesOf(schema).map(([, name]) => name));
  return schema.columns.filter(({ name }) => !named.has(name));
}
