import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { Span } from '../../../learning/text/sequence-tagging/index.js';
import { fixtureTexts } from '../fixtures/make-fixture.js';
import { annotationRemarks, readExamples } from './examples.js';
import { expectations } from './expectations.js';
import { nerJson } from './formats/ner-json.js';

interface FixtureText {
  readonly text: string;
  readonly entities: readonly Span[];
}

const dataOf = (texts: readonly FixtureText[]): TrainingData => ({
  schema: nerJson.schema,
  table: nerJson.layout!.parse([{ name: 'a.json', text: JSON.stringify(texts) }]),
});
const spansOf = (data: TrainingData) => readExamples(data).map(({ spans }) => spans);
const fixture = fixtureTexts(80, 5).map(({ text, entities }): FixtureText => ({ text, entities }));
const change = (rewrite: (span: Span, text: string) => Span[]): FixtureText[] =>
  fixture.map(({ text, entities }) => ({ text, entities: entities.flatMap((span) => rewrite(span, text)) }));

describe('annotations in normal form', () => {
  const before = ({ start }: Span, text: string): number => (text[start - 1] === ' ' ? start - 1 : start);
  const behind = ({ end }: Span, text: string): number => (text[end] === ' ' ? end + 1 : end);

  it.each([
    ['a trailing blank', change((span, text) => [{ ...span, end: behind(span, text) }]), /had blanks at an end/],
    ['a leading blank', change((span, text) => [{ ...span, start: before(span, text) }]), /had blanks at an end/],
    ['a repetition', change((span) => [span, span]), /repeated another/],
    [
      'a nested annotation',
      change((span) => [{ ...span, type: 'PART', end: span.end - 1 }, span]),
      /overlapped another/,
    ],
    ['blanks around the type', change((span) => [{ ...span, type: ` ${span.type}\u00a0` }]), null],
  ])('reads spans with %s as those without', (_name, texts, remark) => {
    const data = dataOf(texts);
    expect(spansOf(data)).toEqual(spansOf(dataOf(fixture)));
    const remarks = annotationRemarks(readExamples(data)).join();
    if (remark === null) expect(remarks).toBe('');
    else expect(remarks).toMatch(remark);
  });

  it.each([' ', '\u00a0', '\t', '\u200b', '\u3000'])('cuts %j from the ends of a span', (blank) => {
    const text = `pay${blank}Asha${blank}today`;
    const data = dataOf([{ text, entities: [{ type: 'PERSON', start: 3, end: 9 }] }]);
    expect(spansOf(data)).toEqual([[{ type: 'PERSON', start: 4, end: 8 }]]);
  });

  it('leaves out a span of blanks only', () => {
    const data = dataOf([{ text: 'pay   Asha', entities: [{ type: 'PERSON', start: 3, end: 5 }] }]);
    expect(spansOf(data)).toEqual([[]]);
  });

  it('refuses types that differ in case', () => {
    const texts = fixture.map(({ text, entities }, i) => ({
      text,
      entities: entities.map((span) => (i % 3 === 0 ? { ...span, type: span.type.toLowerCase() } : span)),
    }));
    const findings = expectations.map((expectation) => expectation.check(dataOf(texts))).filter(Boolean);
    expect(findings.join()).toMatch(/^found names that differ in case or blanks only: "ACCOUNT" \(\d+\) and "account"/);
  });
});
