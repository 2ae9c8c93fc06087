import type { Linker } from '../../../learning/text/entity-linking/index.js';
import {
  findIdentifiers,
  readAmount,
  readDate,
  type IdentifierSpan,
} from '../../../learning/text/value-parsers/index.js';
import type { TaggedEntity } from '../../../learning/text/sequence-tagging/index.js';
import { isLinked } from '../training/dictionary.js';
import type { NerEntity, NerRequest } from './request.js';

/**
 * A form that nothing else has is sure. One check digit is passed by every tenth number, so where cards or Aadhaar numbers
 * are as frequent as other numbers of their length, ten in eleven are right.
 */
const ruleConfidence = (type: IdentifierSpan['type']): number => (type === 'CARD' || type === 'AADHAAR' ? 0.9 : 0.99);

const AMOUNT = /AMOUNT|MONEY/i;
const DATE = /^DATE|PERIOD|TIMEX/i;

function valueOf(
  { type, text }: TaggedEntity,
  { referenceDay }: NerRequest,
  identifier?: IdentifierSpan,
): NerEntity['value'] {
  if (AMOUNT.test(type)) return readAmount(text);
  if (DATE.test(type) && referenceDay !== undefined) return readDate(text, referenceDay);
  return identifier && identifier.type === type ? { kind: 'identifier', value: identifier.value } : null;
}

const overlaps = (a: { start: number; end: number }, b: { start: number; end: number }): boolean =>
  a.start < b.end && b.start < a.end;

/**
 * A checksum outweighs the model, except where the model knows the type itself. The form of a UPI id has none: it
 * outweighs another type on exactly the same stretch where training has UPI ids of its own; else the model stays.
 */
function outweighs(rule: IdentifierSpan, entity: TaggedEntity, known: readonly string[]): boolean {
  if (rule.type !== 'UPI_ID') return !known.includes(rule.type);
  const same = entity.start === rule.start && entity.end === rule.end;
  return same && entity.type !== rule.type && known.includes(rule.type);
}

// Members in alphabetical order, as the stored sample has them.
function fromRule({ type, start, end, value }: IdentifierSpan, text: string): NerEntity {
  return {
    confidence: ruleConfidence(type),
    end,
    links: [],
    source: 'rule',
    start,
    text: text.slice(start, end),
    type,
    value: { kind: 'identifier', value },
  };
}

export interface Knowledge {
  readonly linker: Linker;
  /** Types that the model learned. */
  readonly types: readonly string[];
}

/** Adds values, links and identifiers found by rule; entities come back from left to right and do not overlap. */
export function enrich(
  request: NerRequest,
  tagged: readonly TaggedEntity[],
  { linker, types }: Knowledge,
): NerEntity[] {
  const identifiers = findIdentifiers(request.text);
  const beaten = (entity: TaggedEntity): boolean =>
    identifiers.some((rule) => overlaps(rule, entity) && outweighs(rule, entity, types));
  const kept = tagged.filter((entity) => !beaten(entity));
  const found = kept.map((entity): NerEntity => {
    const same = identifiers.find((rule) => rule.start === entity.start && rule.end === entity.end);
    const { confidence, end, start, text, type } = entity;
    const links = isLinked(type) ? linker.link(text, type) : [];
    return { confidence, end, links, source: 'model', start, text, type, value: valueOf(entity, request, same) };
  });
  const added = identifiers.filter((rule) => !kept.some((entity) => overlaps(rule, entity)));
  return [...found, ...added.map((rule) => fromRule(rule, request.text))].sort((a, b) => a.start - b.start);
}
