import type { Linker } from '../../../learning/text/entity-linking/index.js';
import {
  findIdentifiers,
  readAmount,
  readDate,
  type IdentifierSpan,
} from '../../../learning/text/value-parsers/index.js';
import type { TaggedEntity } from '../../../learning/text/sequence-tagging/index.js';
import { isLinked } from './dictionary.js';
import type { NerEntity, NerRequest } from './request.js';

/**
 * Confidence of an identifier found by rule. One number in ten passes a check digit, so about ten in eleven cards and
 * Aadhaar numbers are correct where they are as frequent as other numbers of their length.
 */
const ruleConfidence = (type: IdentifierSpan['type']): number => (type === 'CARD' || type === 'AADHAAR' ? 0.9 : 0.99);

const AMOUNT = /AMOUNT|MONEY/i;
const DATE = /^DATE|PERIOD|TIMEX/i;

/** The normalised value of an entity: an amount, a date range or an identifier; null without one. */
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
 * Whether an identifier found by rule replaces an overlapping entity of the model. A checksum replaces it unless the
 * model has learned the type. A UPI id, which has no checksum, replaces another type on exactly the same span if the
 * model has learned UPI ids.
 */
function overrides(rule: IdentifierSpan, entity: TaggedEntity, modelTypes: readonly string[]): boolean {
  if (rule.type !== 'UPI_ID') return !modelTypes.includes(rule.type);
  const sameSpan = entity.start === rule.start && entity.end === rule.end;
  return sameSpan && entity.type !== rule.type && modelTypes.includes(rule.type);
}

// Members in alphabetical order, as in stored samples.
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

/** What `enrich` needs of the model. */
export interface ModelContext {
  readonly linker: Linker;
  /** Types that the model has learned. */
  readonly types: readonly string[];
}

/** Adds values, links and identifiers found by rule. @returns entities from left to right, without overlap. */
export function enrich(
  request: NerRequest,
  tagged: readonly TaggedEntity[],
  { linker, types }: ModelContext,
): NerEntity[] {
  const identifiers = findIdentifiers(request.text);
  const isOverridden = (entity: TaggedEntity): boolean =>
    identifiers.some((rule) => overlaps(rule, entity) && overrides(rule, entity, types));
  const kept = tagged.filter((entity) => !isOverridden(entity));
  const fromModel = kept.map((entity): NerEntity => {
    const identifier = identifiers.find((rule) => rule.start === entity.start && rule.end === entity.end);
    const { confidence, end, start, text, type } = entity;
    const links = isLinked(type) ? linker.link(text, type) : [];
    return { confidence, end, links, source: 'model', start, text, type, value: valueOf(entity, request, identifier) };
  });
  const added = identifiers.filter((rule) => !kept.some((entity) => overlaps(rule, entity)));
  return [...fromModel, ...added.map((rule) => fromRule(rule, request.text))].sort((a, b) => a.start - b.start);
}
