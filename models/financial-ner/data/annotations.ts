import { type DataPlace, errorAt } from '../../../contracts/errors.js';
import type { Span } from '../../../learning/text/sequence-tagging/index.js';

/** What the label column holds for a text without any entity; an empty cell would mean "not annotated". */
export const NO_ENTITIES = '-';
/** Names of entity types: no white space and no colon, so that a label column can hold them. */
const TYPE = /^[^\s:]{1,64}$/;
const ITEM = /^(\d+):(\d+):([^\s:]+)(?::(\d(?:\.\d+)?))?$/;

/** A span with how sure the model is of it. */
export interface ConfidentSpan extends Span {
  readonly confidence: number;
}

/** Writes spans as the label column holds them: `4:10:MERCHANT 17:20:AMOUNT`, in UTF-16 code units; `-` for none. */
export function writeSpans(spans: readonly Span[]): string {
  if (spans.length === 0) return NO_ENTITIES;
  return spans.map(({ start, end, type }) => `${start}:${end}:${type}`).join(' ');
}

/** As `writeSpans`, with four decimals of confidence: `4:10:MERCHANT:0.9731`. */
export function writeConfidentSpans(spans: readonly ConfidentSpan[]): string {
  if (spans.length === 0) return NO_ENTITIES;
  return spans.map(({ start, end, type, confidence }) => `${start}:${end}:${type}:${confidence.toFixed(4)}`).join(' ');
}

/** Whether a label column can hold the name of a type: no white space, no colon, 64 characters at most. */
export const isType = (type: string): boolean => TYPE.test(type);

/** @throws PipelineError `INVALID_VALUE` for an entity type that no label column can hold. */
export function requireType(type: string, place: DataPlace): string {
  if (isType(type)) return type;
  throw errorAt('INVALID_VALUE', place, 'an entity type is empty, too long or has a space or colon');
}

/** Reads a label column's cell. @throws PipelineError `INVALID_VALUE`. */
export function readSpans(cell: string, row: number): ConfidentSpan[] {
  const items = cell.split(' ').filter((item) => item !== '' && item !== NO_ENTITIES);
  return items.map((item) => {
    const match = ITEM.exec(item);
    if (!match)
      throw errorAt('INVALID_VALUE', { row: row + 1, column: 'entities' }, 'an annotation is not start:end:TYPE');
    const [, start, end, type, confidence] = match;
    return { start: Number(start), end: Number(end), type: type!, confidence: Number(confidence ?? 1) };
  });
}
