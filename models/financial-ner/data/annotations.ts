import { type DataPlace, errorAt } from '../../../contracts/errors.js';
import { normaliseLabel } from '../../../learning/text/label-names.js';
import type { Span } from '../../../learning/text/sequence-tagging/index.js';

/** Label of a text without entities; an empty cell means "not annotated". */
export const NO_ENTITIES = '-';
/** Valid names of entity types in a label column: no white space, no colon. */
const TYPE = /^[^\s:]{1,64}$/;
const ITEM = /^(\d+):(\d+):([^\s:]+)(?::(\d(?:\.\d+)?))?$/;

/** A span with its confidence. */
export interface ConfidentSpan extends Span {
  readonly confidence: number;
}

/** Writes spans in the form of the label column: `4:10:MERCHANT 17:20:AMOUNT`, in UTF-16 code units; `-` for none. */
export function writeSpans(spans: readonly Span[]): string {
  if (spans.length === 0) return NO_ENTITIES;
  return spans.map(({ start, end, type }) => `${start}:${end}:${type}`).join(' ');
}

/** As `writeSpans`, with the confidence to four decimals: `4:10:MERCHANT:0.9731`. */
export function writeConfidentSpans(spans: readonly ConfidentSpan[]): string {
  if (spans.length === 0) return NO_ENTITIES;
  return spans.map(({ start, end, type, confidence }) => `${start}:${end}:${type}:${confidence.toFixed(4)}`).join(' ');
}

/** Whether a text is a valid entity type: no white space, no colon, 1 to 64 characters. */
export const isType = (type: string): boolean => TYPE.test(type);

/** Checks an entity type. @throws PipelineError `INVALID_VALUE` when it is not valid. */
export function requireType(type: string, place: DataPlace): string {
  if (isType(type)) return type;
  throw errorAt('INVALID_VALUE', place, 'an entity type is empty, too long or has a space or colon');
}

/** Reads a cell of the label column. @param row - from 0. @throws PipelineError `INVALID_VALUE`. */
export function readSpans(cell: string, row: number): ConfidentSpan[] {
  const items = cell.split(' ').filter((item) => item !== '' && item !== NO_ENTITIES);
  return items.map((item) => {
    const match = ITEM.exec(item);
    if (!match)
      throw errorAt('INVALID_VALUE', { row: row + 1, column: 'entities' }, 'an annotation is not start:end:TYPE');
    const [, start, end, type, confidence] = match;
    return { start: Number(start), end: Number(end), type: normaliseLabel(type!), confidence: Number(confidence ?? 1) };
  });
}
