import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainingData } from '../../contracts/dataset.js';
import { createLinker } from '../../learning/text/entity-linking/index.js';
import { hashFraction } from '../../learning/numeric/hash/murmur.js';
import { textColumn } from '../../learning/table.js';
import { projectRoot } from '../../platform/project.js';
import { trainContext } from '../../tests/support/check-model.js';
import { annotatedTexts, NAMES_GROUP } from './data/annotated-texts.js';
import { readSpans, writeSpans } from './data/annotations.js';
import { baseline } from './evaluation/baseline.js';
import { buildDictionary } from './training/build-dictionary.js';
import { enrich } from './prediction/enrich.js';
import { train } from './training/train.js';
import { compare, evaluate, score, scoredTable } from './evaluation/score.js';
import { readExamples } from './data/examples.js';
import { expectations } from './data/expectations.js';
import { backendSchema } from './data/dataset.js';
import { FIXTURE_SEED, FIXTURE_TEXTS, fixtureJson, fixtureTexts } from './fixtures/make-fixture.js';
import { conll, spansOfTags } from './data/formats/conll.js';
import { nerJson } from './data/formats/ner-json.js';
import { nluppSlots } from './data/formats/nlupp.js';
import { params } from './params.js';
import { openPredictor, type NerPredictor } from './prediction/predictor.js';
import { disagreement, reviewAnnotations } from './training/suspicious-annotations.js';
import { textTable, type AnnotatedText } from './data/text-table.js';
import { describeFeature } from './prediction/reason-templates.js';

/** A text without its marks {A:…} and {D:…}, and the entities that they mark. */
function markedEntities(marked: string) {
  let text = '';
  const entities: { type: string; start: number; end: number; text: string; confidence: number }[] = [];
  for (const part of marked.split(/(\{[AD]:[^}]*\})/)) {
    const [, kind, own] = /^\{([AD]):([^}]*)\}$/.exec(part) ?? [];
    const start = text.length;
    text += own ?? part;
    if (own !== undefined)
      entities.push({ type: kind === 'A' ? 'AMOUNT' : 'DATE', start, end: text.length, text: own, confidence: 0.9 });
  }
  return { text, entities };
}

const asData = (texts: readonly AnnotatedText[]): TrainingData => ({ schema: nerJson.schema, table: textTable(texts) });
const generated = (count: number, seed: number): AnnotatedText[] =>
  fixtureTexts(count, seed).map(({ entities, ...rest }) => ({ ...rest, spans: entities, kind: 'message' as const }));
const quick = params.parse({ iterations: 15, swaps: 0, folds: 2 });

describe('formats', () => {
  it('decodes IOB1, BIO and BILOU tags to the same spans', () => {
    const [starts, ends] = [
      [0, 2, 4, 6],
      [1, 3, 5, 7],
    ];
    const spans = [
      { type: 'A', start: 0, end: 3 },
      { type: 'B', start: 4, end: 5 },
    ];
    for (const tags of [
      ['I-A', 'I-A', 'I-B', 'O'],
      ['B-A', 'I-A', 'B-B', 'O'],
      ['B-A', 'L-A', 'U-B', 'O'],
    ])
      expect(spansOfTags(tags, starts, ends)).toEqual(spans);
    expect(spansOfTags(['I-A', 'B-A', 'O', 'O'], starts, ends)).toHaveLength(2);
  });

  it('reads a CoNLL file, holds every fifth sentence out and ignores other files', () => {
    const text = '-DOCSTART- -X- O O\n\n' + 'EU NNP I-ORG\nsaid VBD O\n\n'.repeat(10);
    const files = [
      { name: 'SOURCE.md', text: '# notes\nnothing here\n' },
      { name: 'a.conll', text },
    ];
    expect(conll.layout!.matches(files)).toBe(true);
    const table = conll.layout!.parse(files);
    expect(table.rowCount).toBe(10);
    expect(textColumn(table, 'entities')[0]).toBe('0:2:ORG');
    expect(textColumn(table, 'part').filter((part) => part === 'test')).toHaveLength(2);
    expect(() => conll.layout!.parse([{ name: 'a.conll', text: `${text}broken line\n` }])).toThrow(
      expect.objectContaining({ code: 'MALFORMED_FILE' }),
    );
  });

  it('holds whole documents out where a CoNLL file has ten, and keeps each in one group', () => {
    const files = (documents: number) => [
      { name: 'a.conll', text: `-DOCSTART- -X- O O\n\n${'EU NNP I-ORG\n\nit PRP O\n\n'.repeat(3)}`.repeat(documents) },
    ];
    const partsOf = (documents: number) => {
      const table = conll.layout!.parse(files(documents));
      const groups = textColumn(table, 'textGroup');
      const parts = textColumn(table, 'part');
      return {
        groups,
        held: new Set(groups.filter((_, i) => parts[i] === 'test')),
        train: groups.filter((_, i) => parts[i] === 'train'),
      };
    };
    const many = partsOf(10);
    expect(new Set(many.groups).size).toBe(10);
    expect(many.held.size).toBe(2);
    expect(many.train.some((group) => many.held.has(group))).toBe(false);
    const few = partsOf(4);
    expect(few.held.size).toBeGreaterThan(1);
    expect(few.train.some((group) => few.held.has(group))).toBe(true);
  });

  it('reads NLU++ folds', () => {
    const fold = (n: number) => ({
      name: `fold${n}.json`,
      text: JSON.stringify([{ text: 'pay £5', slots: { amount: { span: [4, 6] } } }, { text: 'hi' }]),
    });
    const table = nluppSlots.layout!.parse([fold(2), fold(12)]);
    expect(textColumn(table, 'entities')).toEqual(['4:6:amount', '-', '4:6:amount', '-']);
    expect(textColumn(table, 'part')).toEqual(['train', 'train', 'test', 'test']);
  });

  it('rejects spans that do not fit and entity texts that differ', () => {
    const parse = (entry: object) => nerJson.layout!.parse([{ name: 'x.json', text: JSON.stringify([entry]) }]);
    for (const entities of [
      [{ start: 0, end: 9, type: 'A' }],
      [{ start: 1, end: 2, type: 'A' }],
      [{ start: 0, end: 2, type: 'a b' }],
      [{ start: 0, end: 2, type: 'A', text: 'no' }],
    ])
      expect(() => parse({ text: '😀 x', entities })).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
    expect(
      textColumn(parse({ text: '😀 x', entities: [{ start: 0, end: 2, type: 'A', text: '😀' }] }), 'entities'),
    ).toEqual(['0:2:A']);
  });

  it('reads the label column that it wrote and rejects invalid cells', () => {
    const spans = [{ type: 'A', start: 0, end: 2 }];
    expect(readSpans(writeSpans(spans), 0)).toEqual([{ ...spans[0], confidence: 1 }]);
    expect(readSpans('-', 0)).toEqual([]);
    expect(() => readSpans('nonsense', 3)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
  });
});

describe('backend rows', () => {
  const text = (...values: (string | null)[]) => ({ kind: 'text', values }) as const;
  const number = (...values: number[]) => ({ kind: 'number', values: Float64Array.from(values) }) as const;
  const time = (...values: number[]) => ({ kind: 'timestamp', values: Float64Array.from(values) }) as const;
  // prettier-ignore
  const tables = {
    chat_messages: {
      rowCount: 3,
      columns: {
        id: text('m1', 'm2', 'm3'), user_id: text('u', 'u', 'u'), text: text('pay Zeta 500', 'hello', 'not labelled'),
        locale: text('en-IN', 'en-IN', 'en-IN'), text_group: text('g1', null, null), sent_at: time(1, 2, 3),
        intent_labelled_at: time(5, 6, NaN),
      },
    },
    transactions: {
      rowCount: 4,
      columns: {
        id: text('t1', 't2', 't3', 't4'), user_id: text('a', 'b', 'c', 'a'), booked_at: time(1, 2, 3, 4),
        description: text('POS ZETA', 'POS ZETA', 'POS ZETA', 'UPI RAVI'), merchant: text('ZETA', 'ZETA', 'ZETA', 'RAVI'),
        category: text('groceries', 'groceries', 'groceries', 'transfer'),
      },
    },
    entity_annotations: {
      rowCount: 3,
      columns: {
        id: text('e1', 'e2', 'e3'), message_id: text('m1', 'm1', null), transaction_id: text(null, null, 't1'),
        start_offset: number(9, 4, 4), end_offset: number(12, 8, 8), entity_type: text('AMOUNT', 'MERCHANT', 'MERCHANT'),
        text_group: text('g1', 'g1', 'g9'),
      },
    },
  };

  it('contain labelled messages, annotated statement lines and names of several customers', () => {
    const { table } = annotatedTexts(tables);
    expect(textColumn(table, 'textId')).toEqual(['message:m1', 'message:m2', 'transaction:t1', 'name:MERCHANT:ZETA']);
    expect(textColumn(table, 'entities')).toEqual(['4:8:MERCHANT 9:12:AMOUNT', '-', '4:8:MERCHANT', '0:4:MERCHANT']);
    expect(textColumn(table, 'textGroup')).toEqual(['g1', 'hello', 'g9', NAMES_GROUP]);
  });

  it('never hold names out', () => {
    const { split } = backendSchema;
    if (split.kind !== 'group') throw new Error('wanted a group split');
    expect(hashFraction(split.salt, NAMES_GROUP)).toBeGreaterThanOrEqual(split.fraction);
  });
});

describe('a trained tagger', () => {
  let predictor: NerPredictor;
  beforeAll(async () => {
    predictor = await openPredictor(await train(trainContext(), asData(generated(200, 1)), quick));
  });

  it('gives entities with values and source', async () => {
    const request = { text: 'please pay ₹500 to Kalomi Store last month', referenceDay: '2026-01-14' };
    const [answer] = await predictor.predict([request]);
    const byType = new Map(answer!.entities.map((entity) => [entity.type, entity]));
    expect(byType.get('AMOUNT')).toMatchObject({ text: '₹500', value: { amount: 500, currency: 'INR' } });
    expect(byType.get('DATE')).toMatchObject({ value: { from: '2025-12-01', to: '2025-12-31' } });
    expect(byType.get('MERCHANT')).toMatchObject({ text: 'Kalomi Store', source: 'model' });
    const [undated] = await predictor.predict([{ text: request.text }]);
    expect(undated!.entities.find(({ type }) => type === 'DATE')?.value).toBeNull();
  });

  it('accepts empty, control-character, emoji and long texts and rejects too long ones', async () => {
    const texts = [
      '',
      '\u0000\u0001',
      '😀😀',
      'ادفع ٥٠٠ إلى متجر',
      '\ud800x',
      'a'.repeat(100_000),
      'pay 5 '.repeat(16_000),
    ];
    const answers = await predictor.predict(texts.map((text) => predictor.input.parse({ text })));
    answers.forEach(({ entities }, i) => {
      for (const { start, end, text } of entities) expect(texts[i]!.slice(start, end)).toBe(text);
    });
    expect(predictor.input.safeParse({ text: 'x'.repeat(1_048_576) }).success).toBe(false);
    expect(predictor.input.safeParse({ text: 'x', referenceDay: '2026-02-30' }).success).toBe(false);
  });

  it('explains the entities of its answer', async () => {
    const request = { text: 'please pay ₹500 to Kalomi Store, IFSC HDFC0001234' };
    const { output, explanation } = await predictor.explain(request);
    const { entities } = explanation;
    const [answer] = await predictor.predict([request]);
    expect(output).toEqual(answer);
    expect(entities.map(({ type, text }) => [type, text])).toEqual(
      answer!.entities.map(({ type, text }) => [type, text]),
    );
    for (const { source, reasons, sentence } of entities) {
      expect(reasons.length).toBeGreaterThan(source === 'rule' ? -1 : 3);
      // Feature names such as lower[-1] are replaced by words.
      expect(sentence + JSON.stringify(reasons.map(({ text }) => text))).not.toMatch(/[a-zA-Z]\[-?\d\]/);
    }
    // Neighbouring words are quoted.
    const reasonTexts = entities.flatMap(({ reasons }) => reasons.map(({ text }) => text));
    expect(reasonTexts.join()).toMatch(/"(pay|to)" (two )?(before|after) "/);
    expect(reasonTexts.join()).not.toMatch(/the word (before|after)/);
    expect(entities.find(({ source }) => source === 'rule')?.sentence).toMatch(
      /^IFSC "HDFC0001234", 99 % sure: has the/,
    );
  });

  it.each(['occlusion', 'lime'] as const)('attributes its entities to words by %s when asked', async (method) => {
    expect(predictor.attributionMethods).toContain(method);
    const request = { text: 'please pay ₹500 to Kalomi Store, IFSC HDFC0001234' };
    const { output, explanation } = await predictor.explain(request, method);
    expect(output).toEqual((await predictor.predict([request]))[0]);
    expect(await predictor.explain(request, method)).toEqual({ output, explanation });
    expect(explanation.method).toBe(method);
    const { entities } = explanation;
    expect(entities.map(({ text }) => text)).toEqual(output.entities.map(({ text }) => text));
    for (const { source, start, end, words, sentence, reasons, confidence } of entities) {
      expect(reasons).toEqual([]);
      if (source === 'rule') {
        expect([words, sentence]).toEqual([[], expect.stringMatching(/has the fixed form/)]);
        continue;
      }
      for (const word of words!) expect(request.text.slice(word.start, word.end)).toBe(word.text);
      const sizes = words!.map(({ weight }) => Math.abs(weight));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      // No word is worth more than the confidence when it alone is left out; the entity's own are worth most.
      if (method === 'occlusion') expect(sizes[0]).toBeLessThanOrEqual(confidence + 1e-9);
      expect(words![0]!.start >= start && words![0]!.end <= end, sentence).toBe(true);
      expect(sentence).toMatch(/% sure: (seen from ".+" \(\d+ points\)|found by the model)/);
    }
  });

  it.each(['occlusion', 'lime'] as const)('attributes the first words of a long text only, by %s', async (method) => {
    const text = 'please pay ₹500 to Kalomi Store '.repeat(1500);
    const { entities } = (await predictor.explain({ text }, method)).explanation;
    expect(entities[0]!.words!.length).toBe(64);
    expect(entities.at(-1)!.words).toEqual([]);
    expect((await predictor.explain({ text: '' }, method)).explanation).toEqual({ method, entities: [] });
  });

  it('explains a long text in linear time', async () => {
    const text = 'pay 500 to Swiggy tomorrow '.repeat(1500);
    const { entities } = (await predictor.explain({ text })).explanation;
    expect(entities.length).toBeLessThanOrEqual(200);
  });

  it.each([
    ['lower[-1]', 'the word before'],
    ['suffix2[0]', 'the ending of'],
    ['shape[-1] & shape[0]', 'the words around'],
    ['knownName[1]', 'the word after'],
    ['lower[-2]', 'the second word before'],
  ])('describes the feature %s', (feature, words) => expect(describeFeature(feature)).toBe(words));

  it('has a higher F1 than the baseline on new names', async () => {
    const [training, holdout] = [asData(generated(200, 1)), asData(generated(100, 2))];
    const scored = await score(predictor, holdout, trainContext());
    const other = baseline(training, holdout);
    expect(compare(scored, other.scored, 'baseline', trainContext()).interval.low).toBeGreaterThan(0.1);
    const { slices } = evaluate(scored, holdout, trainContext());
    expect(slices.map(({ name }) => name)).toContain('type: MERCHANT');
  });
});

describe('training', () => {
  it('says whether its estimate is of other documents or of the same texts', async () => {
    const notesOf = async (texts: readonly AnnotatedText[]) => {
      const files = await train(trainContext(), asData(texts), params.parse({ iterations: 5, swaps: 0, folds: 2 }));
      return (await openPredictor(files)).notes.join();
    };
    const grouped = generated(60, 1);
    expect(await notesOf(grouped)).toMatch(/inside training by \d+ groups of texts/);
    const single = grouped.map((text, i) => ({ ...text, group: `text ${i}`, text: `${text.text} ${i}` }));
    expect(await notesOf(single)).toContain('by single texts, so of the same texts');
  });

  it('reports monotonic progress: all fits of the search as one stage, then the final fit', async () => {
    const reports: { stage: string; share: number }[] = [];
    const context = {
      ...trainContext(),
      onProgress: ({ stage, done, total }: { stage: string; done: number; total: number }) =>
        void reports.push({ stage, share: done / total }),
    };
    await train(context, asData(generated(60, 1)), params.parse({ iterations: 5, folds: 2 }));
    expect([...new Set(reports.map(({ stage }) => stage))]).toEqual(['choosing', 'training']);
    for (const stage of ['choosing', 'training']) {
      const shares = reports.filter((one) => one.stage === stage).map(({ share }) => share);
      expect(shares).toEqual([...shares].sort((x, y) => x - y));
      expect(shares.at(-1)).toBeLessThanOrEqual(1);
    }
  });
});

describe('evaluation', () => {
  it('counts exact matches of span and type only', () => {
    const truth = [{ type: 'A', start: 0, end: 2 }];
    const holdout = asData(Array.from({ length: 4 }, () => ({ text: 'ab cd', spans: truth })));
    const found = [
      [{ type: 'A', start: 0, end: 2 }],
      [{ type: 'B', start: 0, end: 2 }],
      [],
      [{ type: 'A', start: 0, end: 5 }],
    ];
    const table = scoredTable(
      found.map((_, i) => ({ spans: truth, group: `group ${i}` })),
      found.map((spans) => spans.map((span) => ({ ...span, confidence: 0.5 }))),
    );
    const { metrics, notes } = evaluate(table, holdout, trainContext());
    const value = (name: string) => metrics.find((metric) => metric.name === name)?.value;
    expect([value('f1'), value('precision'), value('recall')]).toEqual([2 / 7, 1 / 3, 1 / 4]);
    expect(notes).toEqual([
      '4 held-out texts with 4 annotated entities',
      'documents or sources are not known: texts of another one may score lower',
    ]);
  });

  it('draws documents as wholes for its intervals, and says where none are known', () => {
    const truth = [{ type: 'A', start: 0, end: 2 }];
    const scoreOf = (documents: number) => {
      const texts = Array.from({ length: 60 }, (_, i) => ({
        text: `ab ${i}`,
        spans: truth,
        ...(documents > 0 && { group: `document ${i % documents}` }),
      }));
      const holdout = asData(texts);
      const spans = readExamples(holdout);
      // Every third document is missed as a whole.
      const found = texts.map((_, i) =>
        (i % Math.max(documents, 1)) % 3 === 0 ? [] : [{ ...truth[0]!, confidence: 0.9 }],
      );
      const table = scoredTable(
        spans,
        documents > 0 ? found : found.map((_, i) => (i % 3 === 0 ? [] : [{ ...truth[0]!, confidence: 0.9 }])),
      );
      const { metrics, notes } = evaluate(table, holdout, trainContext());
      const { low, high } = metrics[0]!.interval!;
      return {
        width: high - low,
        notes: notes.join('; '),
        interval: compare(table, table, 'baseline', trainContext()).interval,
      };
    };
    const [known, unknown] = [scoreOf(12), scoreOf(0)];
    expect(known.width).toBeGreaterThan(1.5 * unknown.width);
    expect(known.interval.method).toContain('12 groups of texts');
    expect(known.notes).not.toContain('another one');
    expect(unknown.notes).toContain('documents or sources are not known');
  });
});

describe('enrich', () => {
  const model = { linker: createLinker([]), types: ['AMOUNT'] };
  const text = 'card 4111 1111 1111 1111';

  it('replaces an entity of the model by an identifier with a checksum', () => {
    const guess = { type: 'AMOUNT', start: 5, end: 9, text: '4111', confidence: 0.6 };
    const [entity, ...others] = enrich({ text }, [guess], model);
    expect(others).toEqual([]);
    expect(entity).toMatchObject({ type: 'CARD', source: 'rule', start: 5, end: 24 });
  });

  it('keeps an entity of a type that the model has learned', () => {
    const own = { type: 'CARD', start: 5, end: 24, text: text.slice(5), confidence: 0.9 };
    const found = enrich({ text }, [own], { ...model, types: ['CARD'] });
    expect(found).toMatchObject([{ source: 'model', value: { kind: 'identifier', value: '4111111111111111' } }]);
  });
});

describe('identifiers against the tagger', () => {
  const linker = createLinker([]);
  const upi = 'send 500 to ravi@okaxis';
  const tagged = { type: 'PERSON', start: 12, end: 23, text: 'ravi@okaxis', confidence: 0.9 };
  const typeOf = (entity: typeof tagged, types: readonly string[]): string[] =>
    enrich({ text: upi }, [entity], { linker, types }).map(({ type }) => type);

  it('keeps the type that the model has learned for a UPI id', () => {
    expect(typeOf({ ...tagged, type: 'ACCOUNT' }, ['ACCOUNT'])).toEqual(['ACCOUNT']);
    expect(typeOf(tagged, ['PERSON', 'UPI_ID'])).toEqual(['UPI_ID']);
  });

  it('replaces an entity on a part of a UPI id or beyond it', () => {
    expect(typeOf({ ...tagged, end: 16, text: 'ravi' }, ['PERSON', 'UPI_ID'])).toEqual(['UPI_ID']);
    expect(typeOf({ ...tagged, start: 9, text: 'to ravi@okaxis' }, ['PERSON'])).toEqual(['UPI_ID']);
  });

  /** Cuts the text at the marks | into entities of one type. */
  const cut = (marked: string, type: string, types: readonly string[]) => {
    const parts = marked.split('|');
    const text = parts.join('');
    const pieces = parts.slice(1, -1).map((part, i) => {
      const start = parts.slice(0, i + 1).join('').length;
      return { type, start, end: start + part.length, text: part, confidence: 0.8 };
    });
    return enrich({ text }, pieces, { linker, types }).map((found) => `${found.type} ${found.text}`);
  };

  it.each([
    ['pay |rahul.|k@okaxis| now', 'PERSON', ['PERSON', 'UPI_ID'], ['UPI_ID rahul.k@okaxis']],
    ['pay |rahul.|k@okaxis| now', 'PERSON', ['PERSON', 'VPA'], ['VPA rahul.k@okaxis']],
    ['card |4111 1111| 1111 1111|', 'ACCOUNT', ['ACCOUNT', 'CARD'], ['CARD 4111 1111 1111 1111']],
    ['PAN |ABCPE|1234F| please', 'ORG', ['ORG', 'PAN'], ['PAN ABCPE1234F']],
    ['to |HDFC|0001234| branch', 'ORG', ['ORG', 'IFSC_CODE'], ['IFSC_CODE HDFC0001234']],
    ['mail |asha.|rao@example.co.in| today', 'PERSON', ['PERSON', 'EMAIL'], ['EMAIL asha.rao@example.co.in']],
    ['mail |asha| at asha.rao@example.co.in', 'PERSON', ['PERSON'], ['PERSON asha']],
    ['from a/c no. |5010|0123|456789| today', 'ACCOUNT', ['ACCOUNT'], ['ACCOUNT 50100123456789']],
    ['from |a/c 501001| today', 'ACCOUNT', ['ACCOUNT'], ['ACCOUNT a/c 501001']],
  ])('%s, tagged %s by a model of %j: %j', (marked, type, types, found) => {
    expect(cut(marked, type, types)).toEqual(found);
  });
});

describe('values of entities in their sentence', () => {
  const context = { linker: createLinker([]), types: ['AMOUNT', 'DATE'] };
  /** Reads a text with its entities in braces: {A:an amount}, {D:a date}. */
  const valuesOf = (marked: string, referenceDay = '2026-01-14') => {
    const { text, entities } = markedEntities(marked);
    return enrich({ text, referenceDay }, entities, context).map(({ text: own, value }) => ({ text: own, value }));
  };

  it.each([
    ['due on {D:5 March} 2026', '5 March 2026', '2026-03-05', '2026-03-05'],
    ['bill of {D:March 2025}', 'March 2025', '2025-03-01', '2025-03-31'],
    ['{D:Friday, 16 January 2026}', 'Friday, 16 January 2026', '2026-01-16', '2026-01-16'],
    ['due on {D:05/03/2027}', '05/03/2027', '2027-03-05', '2027-03-05'],
  ])('%s needs no reference day', (marked, text, from, to) => {
    const { text: whole, entities } = markedEntities(marked);
    const found = enrich({ text: whole }, entities, context);
    expect(found.map(({ text: own, value }) => [own, value])).toEqual([[text, { kind: 'date', from, to }]]);
  });

  it.each([
    'paid {D:yesterday}',
    'due {D:5 March}',
    'since {D:April 2025}',
    '{D:next Friday}',
    '{D:Thursday, 16 January 2026}',
  ])('%s has no value without a reference day', (marked) => {
    const { text, entities } = markedEntities(marked);
    expect(enrich({ text }, entities, context)[0]?.value).toBeNull();
  });

  it('reads dates in numbers in the order that the request names', () => {
    const { text, entities } = markedEntities('due on {D:05/03/2027}');
    const from = (dateOrder?: 'day-first' | 'month-first') => enrich({ text, dateOrder }, entities, context)[0]?.value;
    expect(from('month-first')).toMatchObject({ from: '2027-05-03' });
    expect([from('day-first'), from()]).toEqual([from(), expect.objectContaining({ from: '2027-03-05' })]);
  });

  it.each([
    ['paid {A:Rs 1 lakh 20} thousand', 'Rs 1 lakh 20 thousand', 120_000],
    ['paid 1 crore {A:25 lakh} for it', '1 crore 25 lakh', 12_500_000],
    ['paid {A:1 crore} {A:25 lakh} for it', '1 crore 25 lakh', 12_500_000],
    ['credit of {A:Rs 2000.00} Cr to a/c', 'Rs 2000.00 Cr', 2000],
    ['mujhe {A:2 lakh} do', '2 lakh', 200_000],
    ['cost {A:Rs 2}.5 crore', 'Rs 2.5 crore', 25_000_000],
    ['cost {A:Rs 1,00},000 in all', 'Rs 1,00,000', 100_000],
  ])('%s is read as %s', (marked, text, amount) => {
    expect(valuesOf(marked)).toEqual([{ text, value: { kind: 'amount', amount, currency: 'INR' } }]);
  });

  it.each([
    ['paid {A:two lakh} {A:fifty}'],
    ['paid {A:two lakh} fifty'],
    ['paid 500 {A:600 rs}'],
    ['rate {A:5} % a year'],
  ])('%s has no value', (marked) => {
    expect(valuesOf(marked).map(({ value }) => value)).toEqual([null]);
  });

  it('takes the currency beside an amount', () => {
    expect(valuesOf('paid {A:500} dollars')[0]?.value).toMatchObject({ amount: 500, currency: 'USD' });
    expect(valuesOf('paid USD {A:5} EUR')[0]?.value).toBeNull();
  });

  it.each([
    ['rent on next to {D:next month}', 'next to next month', '2026-03-01'],
    ['paid on {D:5} March 2025', '5 March 2025', '2025-03-05'],
    ['sent {D:3 days} ago', '3 days ago', '2026-01-11'],
    // One end of a range is read with the other.
    ['what did I spend between {D:the 7th} and the 25th of Dec', 'the 7th', '2025-12-07'],
    ['what did I spend from {D:Nov} to Jan 2025', 'Nov', '2024-11-01'],
    ['I will be away from 28 Feb to {D:3 March}', '3 March', '2026-03-03'],
  ])('%s is read as %s', (marked, text, from) => {
    expect(valuesOf(marked)).toMatchObject([{ text, value: { from } }]);
  });
});

describe('buildDictionary', () => {
  it('merges spellings of one name and drops names annotated once', () => {
    const example = (name: string) => ({
      row: 0,
      group: 'g',
      text: name,
      spans: [{ type: 'MERCHANT', start: 0, end: name.length }],
    });
    const found = buildDictionary(['Zeta', 'ZETA Ltd', 'Once'].map(example), [{ name: 'OMEGA', type: 'MERCHANT' }]);
    expect(found).toEqual([
      { name: 'OMEGA', type: 'MERCHANT', aliases: [] },
      { name: 'ZETA Ltd', type: 'MERCHANT', aliases: ['Zeta'] },
    ]);
  });
});

it.each([
  [[{ start: 0, end: 1, type: 'A B' }], /^bad\.json, row 1: an entity type is empty, too long or has a space/],
  ['none', /^bad\.json, row 1: entities: /],
])('names file and row of invalid annotations: %j', (entities, message) => {
  const files = [{ name: 'bad.json', text: JSON.stringify([{ text: 'abc', entities }]) }];
  expect(nerJson.layout!.matches(files)).toBe(true);
  expect(() => nerJson.layout!.parse(files)).toThrow(message);
});

it('names file and row of a span outside its text', () => {
  const text = JSON.stringify([{ text: 'abc', entities: [{ start: 0, end: 9, type: 'A' }] }]);
  expect(() => nerJson.layout!.parse([{ name: 'bad.json', text }])).toThrow(/^bad\.json, row 1: a span from 0 to 9/);
});

describe('expectations', () => {
  const check = (texts: readonly AnnotatedText[]) =>
    expectations.map((expectation) => expectation.check(asData(texts)));

  it('accept valid annotations and report invalid ones', () => {
    expect(check(generated(50, 3))).toEqual([null, null, null, null, null]);
    const cutWord = [{ text: 'abc def', spans: [{ type: 'A', start: 1, end: 2 }] }];
    expect(check(cutWord)[1]).toContain('cut a word');
    expect(check([{ text: 'abc', spans: [{ type: 'A', start: 0, end: 9 }] }])[0]).toContain('does not fit');
    expect(check([{ text: 'abc', spans: [] }])[2]).toBe('no text has an entity');
    const many = Array.from({ length: 101 }, (_, i) => ({ text: 'abc', spans: [{ type: `T${i}`, start: 0, end: 3 }] }));
    expect(check(many)[3]).toBe('found 101 entity types, wanted at most 100');
  });
});

describe('reviewAnnotations', () => {
  it('doubts an annotation by the confidence of the disagreeing entity', () => {
    const a = { type: 'A', start: 0, end: 2 };
    expect(disagreement([a], [{ ...a, confidence: 0.9 }])).toBeNull();
    expect(disagreement([], [{ ...a, confidence: 0.9 }])).toEqual({ doubt: 0.9, finding: 'A not annotated' });
    expect(disagreement([a], [{ ...a, type: 'B', confidence: 0.8 }])).toEqual({ doubt: 0.8, finding: 'A or B' });
    expect(disagreement([a], [])?.doubt).toBeLessThan(0.5);
  });

  it('finds more than half of the removed spans', async () => {
    const texts = generated(200, 5);
    const changed = new Set<number>();
    const data = texts.map((text, i) => {
      if (i % 20 !== 0 || text.spans.length === 0) return text;
      changed.add(i);
      return { ...text, spans: text.spans.slice(1) };
    });
    const found = await reviewAnnotations(trainContext(), asData(data), 15);
    const right = found.filter(({ example }) => changed.has(example.row)).length;
    expect(right).toBeGreaterThan(changed.size / 2);
  });
});

describe('fixture', () => {
  it('equals the output of its script', async () => {
    const path = join(projectRoot, 'models/financial-ner/fixtures/ner-training.json');
    expect(await readFile(path, 'utf8')).toBe(fixtureJson(FIXTURE_TEXTS, FIXTURE_SEED));
  });
});
