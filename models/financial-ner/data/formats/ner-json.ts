import { z } from 'zod';
import { errorAt } from '../../../../contracts/errors.js';
import type { DatasetSchema, FileFormat, SourceText } from '../../../../contracts/dataset.js';
import type { Table } from '../../../../contracts/table.js';
import { withoutBlanks } from '../../../../learning/blank-rows.js';
import { normaliseLabel } from '../../../../learning/text/label-names.js';
import { textColumn, withColumn } from '../../../../learning/table.js';
import { NO_ENTITIES, readSpans, writeSpans } from '../annotations.js';
import { exampleRows } from '../example-rows.js';
import { textColumns, textFeature } from '../columns.js';
import { requireAnnotated, textTable, type AnnotatedText } from '../text-table.js';
import { readObjects } from './json-text.js';

/** A key or group, which may be a number in the file; null is absent. */
const name = z
  .union([z.string().min(1), z.number().transform(String)])
  .nullish()
  .transform((value) => value ?? undefined);

/** Members that are not listed are ignored. */
const entry = z.object({
  id: name,
  text: z.string(),
  entities: z.array(z.object({ start: z.int(), end: z.int(), type: z.string(), text: z.string().optional() })),
  group: name,
  locale: name,
});
const MEMBERS: ReadonlySet<string> = new Set(Object.keys(entry.shape));

function readEntry(row: Record<string, unknown>, file: string, number: number): AnnotatedText {
  const place = { file, row: number };
  const parsed = entry.safeParse(row);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw errorAt('INVALID_VALUE', place, `${path.join('.') || 'the text'}: ${message}`);
  }
  const { text, entities, id, group, locale } = parsed.data;
  const wrong = entities.find(
    (entity) => entity.text !== undefined && entity.text !== text.slice(entity.start, entity.end),
  );
  if (wrong) throw errorAt('INVALID_VALUE', place, `the text from ${wrong.start} to ${wrong.end} is not the entity's`);
  const annotated = {
    text,
    spans: entities.map(({ start, end, type }) => ({ start, end, type: normaliseLabel(type) })),
    kind: 'message' as const,
    ...(id !== undefined && { id }),
    ...(group !== undefined && { group }),
    ...(locale !== undefined && { locale }),
  };
  requireAnnotated(annotated, place);
  return annotated;
}

const isBlank = ({ text, entities }: Record<string, unknown>): boolean =>
  (text === undefined || text === null || text === '') && (!Array.isArray(entities) || entities.length === 0);

/** Annotated texts of a file; blank entries are left out, with a remark. */
function readFile(file: SourceText, remark: (sentence: string) => void): AnnotatedText[] {
  const all = readObjects(file);
  const ignored = new Set(all.flatMap((row) => Object.keys(row).filter((member) => !MEMBERS.has(member))));
  if (ignored.size > 0) remark(`members that are not used: ${[...ignored].slice(0, 30).join(', ')}`);
  const numbered = all.map((row, i) => ({ row, number: i + 1 }));
  const filled = withoutBlanks(numbered, ({ row }) => isBlank(row), { place: { file: file.name }, remark });
  return filled.map(({ row, number }) => readEntry(row, file.name, number));
}

/** The table without the column `part`: these files have no division of their own. */
const withoutPart = ({ rowCount, columns }: Table): Table => ({
  rowCount,
  columns: Object.fromEntries(Object.entries(columns).filter(([name]) => name !== 'part')),
});

const looksLikeNerJson = ({ text }: SourceText): boolean =>
  /^\s*[[{]/.test(text) && /"entities"\s*:/.test(text) && /"text"\s*:/.test(text);

const schemaOf = (line: string): DatasetSchema => ({
  line,
  columns: textColumns,
  key: 'textId',
  label: 'entities',
  features: [textFeature],
  split: { kind: 'group', column: 'textGroup', fraction: 0.25, salt: 'ner-training@1' },
  minimumRows: 60,
});

/** This project's JSON layout: texts with character spans. */
export const nerJson: FileFormat = {
  name: 'ner-training',
  description: '{text, entities: [{start, end, type}], id?, group?, locale?} a text; JSON array or one object a line',
  encodings: ['text'],
  schema: schemaOf('ner-training'),
  layout: {
    matches: (files) => files.length > 0 && files.every(looksLikeNerJson),
    parse: (files, remark = () => undefined) => withoutPart(textTable(files.flatMap((file) => readFile(file, remark)))),
  },
  labelsAreClasses: false,
  hasDatesInTexts: true,
  matches: () => false,
  exampleRows: (seed) => exampleRows(320, seed).map((row) => ({ ...row })),
};

/** The same data as CSV: `textId,text,entities` with `start:end:TYPE` spans; empty = none. */
export const nerCsv: FileFormat = {
  name: 'ner-training-csv',
  description:
    'columns textId, text, entities (start:end:TYPE, blanks between; - = none), textGroup and locale if known',
  encodings: ['csv'],
  schema: {
    ...schemaOf('ner-training-csv'),
    columns: textColumns.map((column) =>
      column.name === 'textGroup' || column.name === 'locale' ? { ...column, nullable: true, optional: true } : column,
    ),
  },
  derivedColumns: ['kind'],
  verbatimColumns: ['text'],
  labelsAreClasses: false,
  hasDatesInTexts: true,
  matches: ({ columns }) => columns !== null && ['textId', 'text', 'entities'].every((name) => columns.includes(name)),
  exampleRows: (seed) =>
    exampleRows(320, seed).map(({ id, text, group, locale, entities }) => ({
      textId: id,
      text,
      textGroup: group,
      locale,
      entities: writeSpans(entities),
    })),
  transform(table) {
    const texts = textColumn(table, 'text');
    const labels = textColumn(table, 'entities');
    const groups = textColumn(table, 'textGroup');
    labels.forEach((label, row) => {
      requireAnnotated(
        { text: texts[row] ?? '', spans: readSpans(label ?? NO_ENTITIES, row) },
        { file: 'CSV', row: row + 1 },
      );
    });
    const values = groups.map((group, row) => group ?? (texts[row] ?? '').trim().toLowerCase());
    const grouped = withColumn(table, 'textGroup', { kind: 'text', values });
    return withColumn(grouped, 'kind', { kind: 'text', values: texts.map(() => 'message') });
  },
};
