import { atOnce } from '../../../learning/artefact/index.js';
import type { Linker } from '../../../learning/text/entity-linking/index.js';
import type { TaggedEntity } from '../../../learning/text/sequence-tagging/index.js';
import {
  findAddressesAndAccounts,
  findIdentifiers,
  isOneNumber,
  readAmountAt,
  readDateAt,
  type IdentifierSpan,
  type TextSpan,
} from '../../../learning/text/value-parsers/index.js';
import { isLinked } from './dictionary.js';
import { learnedType } from './identifier-types.js';
import type { NerEntity, NerRequest } from './request.js';

/**
 * Confidence of an identifier found by rule. One number in ten passes a check digit, so about ten in eleven cards and
 * Aadhaar numbers are correct where they are as frequent as other numbers of their length.
 */
const ruleConfidence = (type: IdentifierSpan['type']): number => (type === 'CARD' || type === 'AADHAAR' ? 0.9 : 0.99);

const AMOUNT = /AMOUNT|MONEY/i;
const DATE = /^DATE|PERIOD|TIMEX/i;

const overlaps = (a: TextSpan, b: TextSpan): boolean => a.start < b.end && b.start < a.end;
const isSameSpan = (a: TextSpan, b: TextSpan): boolean => a.start === b.start && a.end === b.end;
/** Whether an end of the entity lies inside the identifier. */
const cuts = ({ start, end }: TextSpan, rule: TextSpan): boolean =>
  (start > rule.start && start < rule.end) || (end > rule.start && end < rule.end);

/** An identifier with the model's name of its type, if the model has learned it. */
interface Rule extends IdentifierSpan {
  readonly learned: string | undefined;
}

/**
 * Whether an identifier found by rule replaces an overlapping entity of the model: a checksum or a full form is surer than
 * the tagger, which may cut it. The model's entity stays where it has the same span and type, where it has learned another
 * type for exactly this form (a UPI id annotated as an account), and where it holds the whole account number.
 */
function overrides(rule: Rule, entity: TaggedEntity): boolean {
  if (rule.type === 'ACCOUNT') return cuts(entity, rule);
  if (!isSameSpan(rule, entity)) return true;
  return entity.type !== rule.learned && (rule.learned !== undefined || rule.type !== 'UPI_ID');
}

/** Identifiers of the text; e-mail addresses and accounts only where the model has learned such a type. */
function rulesOf(text: string, types: readonly string[]): Rule[] {
  const named = (found: readonly IdentifierSpan[]): Rule[] =>
    found.map((one) => ({ ...one, learned: learnedType(one.type, types) }));
  const rules = named(findIdentifiers(text));
  const others = named(findAddressesAndAccounts(text)).filter(({ learned }) => learned !== undefined);
  return [...rules, ...others.filter((other) => !rules.some((rule) => overlaps(rule, other)))];
}

// Members in alphabetical order, as in stored samples.
function fromRule({ type, learned, start, end, value }: Rule, text: string): NerEntity {
  return {
    confidence: ruleConfidence(type),
    end,
    links: [],
    source: 'rule',
    start,
    text: text.slice(start, end),
    type: learned ?? type,
    value: { kind: 'identifier', value },
  };
}

/** What `enrich` needs of the model. */
export interface ModelContext {
  readonly linker: Linker;
  /** Types that the model has learned. */
  readonly types: readonly string[];
}

/** Joins amounts that are parts of one number ("1 crore", "25 lakh"). @param tagged - from left to right. */
function joinAmounts(text: string, tagged: readonly TaggedEntity[]): TaggedEntity[] {
  const joined: TaggedEntity[] = [];
  for (const entity of tagged) {
    const before = joined.at(-1);
    const isAmounts = before !== undefined && AMOUNT.test(before.type) && before.type === entity.type;
    if (!isAmounts || !isOneNumber(text, before, entity)) joined.push(entity);
    else {
      const { start } = before;
      const confidence = Math.min(before.confidence, entity.confidence);
      joined[joined.length - 1] = { ...entity, start, text: text.slice(start, entity.end), confidence };
    }
  }
  return joined;
}

interface ReadValue extends TextSpan {
  readonly value: NerEntity['value'];
}

/**
 * The normalised value of an entity: an amount, a date range or an identifier; null without one. The part of the text that
 * was read may be longer than the entity.
 * @param limits - ends of the neighbouring entities.
 */
function valueOf(entity: TaggedEntity, request: NerRequest, limits: TextSpan, rules: readonly Rule[]): ReadValue {
  const { text } = request;
  const { type, start, end } = entity;
  if (AMOUNT.test(type)) return readAmountAt(text, entity, limits);
  if (DATE.test(type)) return readDateAt(text, entity, request, limits);
  const rule = rules.find((one) => isSameSpan(one, entity) && one.learned === type);
  return { start, end, value: rule ? { kind: 'identifier', value: rule.value } : null };
}

/** Entities whose values and links are looked for in one step. */
const ENTITIES_A_STEP = 8;

/** Adds values, links and identifiers found by rule. @returns entities from left to right, without overlap. */
export function enrich(request: NerRequest, tagged: readonly TaggedEntity[], context: ModelContext): NerEntity[] {
  return atOnce(enriching(request, tagged, context));
}

/** `enrich` in steps of a few entities, so that a caller may let others go on. */
export function* enriching(
  request: NerRequest,
  tagged: readonly TaggedEntity[],
  { linker, types }: ModelContext,
): Generator<void, NerEntity[], void> {
  const { text } = request;
  const rules = rulesOf(text, types);
  const isOverridden = (entity: TaggedEntity): boolean =>
    rules.some((rule) => overlaps(rule, entity) && overrides(rule, entity));
  const kept = joinAmounts(
    text,
    tagged.filter((entity) => !isOverridden(entity)),
  );
  // An account is added only in place of entities that cut it.
  const added = rules.filter(
    (rule) =>
      !kept.some((entity) => overlaps(rule, entity)) &&
      (rule.type !== 'ACCOUNT' || tagged.some((entity) => overlaps(rule, entity))),
  );
  const all = [...kept, ...added].sort((a, b) => a.start - b.start);
  const toEntity = (entity: TaggedEntity | Rule, i: number): NerEntity => {
    if ('learned' in entity) return fromRule(entity, text);
    const limits = { start: all[i - 1]?.end ?? 0, end: all[i + 1]?.start ?? text.length };
    const { start, end, value } = valueOf(entity, request, limits, rules);
    const { confidence, type } = entity;
    const links = isLinked(type) ? linker.link(entity.text, type) : [];
    return { confidence, end, links, source: 'model', start, text: text.slice(start, end), type, value };
  };
  const entities: NerEntity[] = [];
  for (const [i, entity] of all.entries()) {
    if (i % ENTITIES_A_STEP === 0 && (i > 0 || all.length > ENTITIES_A_STEP)) yield;
    entities.push(toEntity(entity, i));
  }
  return entities;
}
