import { describe, expect, it } from 'vitest';
import { fewNamesNotes } from './few-names.js';

/** A text that is one name. */
const named = (type: string, text: string) => ({ text, spans: [{ type, start: 0, end: text.length }] });
const times = (count: number, type: string, name: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => named(type, name(i)));

describe('fewNamesNotes', () => {
  it('says when three names are most of the entities of a type, however they are written', () => {
    const examples = [
      ...times(16, 'ORG', (i) => (i % 2 === 0 ? 'LENDER' : 'Lender')),
      ...times(8, 'ORG', (i) => `employer ${i}`),
    ];
    const wanted = 'ORG: 3 of 9 names are 75 % of its 24 entities, so they decide its score';
    expect(fewNamesNotes(examples)).toEqual([wanted]);
  });

  it('says nothing of many names, and of types with few entities', () => {
    const examples = [...times(40, 'MERCHANT', (i) => `shop ${i % 10}`), ...times(19, 'ORG', () => 'lender')];
    expect(fewNamesNotes(examples)).toEqual([]);
  });
});
