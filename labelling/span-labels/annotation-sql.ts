import type { LabelledSpan } from '../../contracts/labelling.js';
import { sqlLiteral } from '../sql-literal.js';
import type { MessageAnnotations } from './annotation-file.js';

/**
 * A part of the column `text` by UTF-16 units, in which offsets are counted: PostgreSQL's `substr` counts characters, and
 * an emoji is one character but two units.
 */
const utf16Part = ({ start, end }: LabelledSpan): string =>
  "(select string_agg(letter, '' order by place) from " +
  '(select letter, place, sum(case when ascii(letter) > 65535 then 2 else 1 end) over (order by place) as stop ' +
  'from string_to_table(text, null) with ordinality as letters (letter, place)) as counted ' +
  `where stop > ${start} and stop <= ${end})`;

const insertSql = (id: string, span: LabelledSpan, number: number): string =>
  'insert into backend.entity_annotations (source, id, message_id, start_offset, end_offset, entity_type, text, text_group, annotated_at) ' +
  `select source, ${sqlLiteral(`${id}-review-${number}`)}, id, ${span.start}, ${span.end}, ${sqlLiteral(span.type)}, ${utf16Part(span)}, text_group, now() ` +
  `from backend.chat_messages where id = ${sqlLiteral(id)};`;

/** Statements for whoever may write to the backend's database (PostgreSQL 14 or newer, UTF-8); all or none. */
export const annotationSql = (annotations: readonly Pick<MessageAnnotations, 'id' | 'spans'>[]): string[] => [
  'begin;',
  ...annotations.flatMap(({ id, spans }) => [
    `delete from backend.entity_annotations where message_id = ${sqlLiteral(id)};`,
    ...spans.map((span, i) => insertSql(id, span, i + 1)),
  ]),
  'commit;',
];
