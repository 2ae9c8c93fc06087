import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../../learning/numeric/random/index.js';
import { merchants } from '../merchants.js';
import { composeMessage, joinPieces } from './compose.js';
import { intents, outOfScope } from './intents.js';
import { addTypos } from './noise.js';
import { slotTypes } from './slots.js';

const random = createRandom(3);
const messages = Array.from({ length: 4000 }, () => composeMessage(random));

describe('composeMessage', () => {
  it('composes messages of every intent', () => {
    const seen = new Set(messages.map(({ intent }) => intent));
    expect([...seen].sort()).toEqual([...intents, outOfScope].map(({ name }) => name).sort());
  });

  it('returns spans that are inside the text and do not overlap', () => {
    for (const { text, spans } of messages)
      spans.forEach((span, index) => {
        expect(span.start).toBeGreaterThanOrEqual(index === 0 ? 0 : spans[index - 1]!.end);
        expect(span.end).toBeLessThanOrEqual(text.length);
        expect(slotTypes).toContain(span.type);
      });
  });

  it('uses each merchant and first name in one family only', () => {
    const families = new Map<string, Set<number>>();
    for (const { text, spans, family } of messages)
      for (const { type, start, end } of spans) {
        if (type !== 'MERCHANT' && type !== 'PERSON') continue;
        const surface = text.slice(start, end).toLowerCase();
        const name = type === 'PERSON' ? surface.split(' ')[0]! : surface;
        families.set(name, (families.get(name) ?? new Set()).add(family));
      }
    expect(families.size).toBeGreaterThan(150);
    expect([...families].filter(([, seen]) => seen.size > 1)).toEqual([]);
  });

  it('uses every family', () => {
    const families = new Set(merchants.map(({ family }) => family));
    expect(new Set(messages.map(({ family }) => family)).size).toBe(families.size);
  });
});

describe('intents', () => {
  it('have one object slot in every frame, and no repeated frame or object', () => {
    for (const { frames, objects } of [...intents, outOfScope]) {
      expect(frames.filter((frame) => frame.split('{o}').length !== 2)).toEqual([]);
      expect(new Set(frames).size).toBe(frames.length);
      expect(new Set(objects).size).toBe(objects.length);
    }
  });
});

describe('addTypos', () => {
  it('changes at most one plain piece and no entity', () => {
    const pieces = [
      { text: 'please transfer ', type: null },
      { text: 'Rs 5,000', type: 'AMOUNT' },
      { text: ' immediately', type: null },
    ];
    for (let round = 0; round < 50; round++) {
      const typed = addTypos(random, pieces);
      expect(typed[1]).toEqual(pieces[1]);
      const { text, spans } = joinPieces(typed);
      expect(text.slice(spans[0]!.start, spans[0]!.end)).toBe('Rs 5,000');
      expect(typed.filter((piece, index) => piece.text !== pieces[index]!.text).length).toBeLessThanOrEqual(1);
    }
  });
});
