import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAmountAt, readDateAt, type TextSpan } from './index.js';

/*
 * 300 invented sentences of Indian banking with annotated values; see docs/experiments/value-parsing.md. Entities are in
 * braces: {A:an amount}, {D:a date}. The parsers were written on the development half; the final half was scored once.
 */

interface Sentence {
  readonly half: 'development' | 'final';
  /** Reference day. */
  readonly day: string;
  readonly text: string;
  /** "500 INR", a day, "first..last day", or null for an entity without a value or with two readings. */
  readonly values: readonly (string | null)[];
}

const sentences = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/banking-sentences.json'), 'utf8'),
) as Sentence[];

interface Entity extends TextSpan {
  readonly kind: string;
}

/** A text without its marks, and its entities. */
function unmarked(marked: string): { readonly text: string; readonly entities: readonly Entity[] } {
  let text = '';
  const entities: Entity[] = [];
  for (const part of marked.split(/(\{[AD]:[^}]*\})/)) {
    const [, kind, own] = /^\{([AD]):([^}]*)\}$/.exec(part) ?? [];
    const start = text.length;
    text += own ?? part;
    if (kind !== undefined) entities.push({ kind, start, end: text.length });
  }
  return { text, entities };
}

function valueAt(text: string, entity: Entity, limits: TextSpan, day: string): string | null {
  if (entity.kind === 'A') {
    const { value } = readAmountAt(text, entity, limits);
    return value && `${value.amount} ${value.currency}`;
  }
  const { value } = readDateAt(text, entity, { referenceDay: day }, limits);
  return value && (value.from === value.to ? value.from : `${value.from}..${value.to}`);
}

/** The entity without its first or its last word, as a tagger may cut it. */
function cutsOf(text: string, entity: Entity): Entity[] {
  const own = text.slice(entity.start, entity.end);
  const [first, last] = [own.search(/\s/), own.search(/\s\S*$/)];
  if (first < 0) return [];
  return [
    { ...entity, start: entity.start + first + 1 },
    { ...entity, end: entity.start + last },
  ];
}

/** Counts of values that are as annotated, other ones, and missing ones. */
function score(half: Sentence['half'], variants: (text: string, entity: Entity) => readonly Entity[]) {
  const counts = { right: 0, wrong: 0, none: 0, all: 0 };
  for (const { text: marked, values, day } of sentences.filter((sentence) => sentence.half === half)) {
    const { text, entities } = unmarked(marked);
    entities.forEach((entity, i) => {
      const limits = { start: entities[i - 1]?.end ?? 0, end: entities[i + 1]?.start ?? text.length };
      for (const variant of variants(text, entity)) {
        const found = valueAt(text, variant, limits, day);
        counts.all += 1;
        counts[found === values[i] ? 'right' : found === null ? 'none' : 'wrong'] += 1;
      }
    });
  }
  return counts;
}

describe('values of 300 sentences of Indian banking', () => {
  it('are at least 90 % right and at most 1 % wrong on the development half', () => {
    const { right, wrong, all } = score('development', (_, entity) => [entity]);
    expect(all).toBeGreaterThan(250);
    expect(right / all).toBeGreaterThanOrEqual(0.9);
    expect(wrong / all).toBeLessThanOrEqual(0.01);
  });

  it('are at most 1 % wrong where the tagger cuts a word off the entity', () => {
    const { right, wrong, all } = score('development', cutsOf);
    expect(all).toBeGreaterThan(350);
    expect(right / all).toBeGreaterThanOrEqual(0.6);
    expect(wrong / all).toBeLessThanOrEqual(0.01);
  });

  it('are as recorded on the final half: 261 of 263 right, none wrong', () => {
    const { right, wrong, all } = score('final', (_, entity) => [entity]);
    expect(all).toBe(263);
    expect(right).toBeGreaterThanOrEqual(261);
    expect(wrong).toBe(0);
  });
});
