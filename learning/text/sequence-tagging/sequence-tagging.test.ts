import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import { createRandom } from '../../numeric/random/index.js';
import { swapMentions } from './augmentation.js';
import { bestCandidates, candidateSpans, type Candidate } from './candidates.js';
import { createFeatureExtractor } from './features.js';
import { FeatureIndex } from './feature-index.js';
import {
  asSpans,
  calibratedConfidence,
  crfScorer,
  crossValidate,
  decodeLabels,
  encodeCrf,
  encodeSpans,
  explainEntities,
  fitCrf,
  labelSet,
  lattice,
  openCrfTagger,
  requireSpan,
  spanConfidences,
  tokenise,
  type LabelledSentence,
  type TagScheme,
  fitOpinionPool,
  poolChain,
  poolScores,
  type PooledSentence,
} from './index.js';
import { matchLexicon } from './lexicon.js';
import { crfObjective } from './objective.js';
import { groupFolds } from './cross-validation.js';
import { forwardBackward } from './forward-backward.js';
import { runHashes } from './runs.js';
import { wordFeatures } from './word-features.js';

const context = (seed = 1): ComputeContext => ({
  seed,
  signal: new AbortController().signal,
  onProgress: () => undefined,
});
const schemes: readonly TagScheme[] = ['bio', 'bilou'];
const settings = { iterations: 30, l2: 0.2, minimumCount: 1, swaps: 0 };

/** Generated texts "pay <merchant> <amount>" with varying context; merchants are random syllables. */
function generateTexts(
  count: number,
  seed: number,
): { texts: string[]; spans: { type: string; start: number; end: number }[][] } {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!;
  const syllables = ['ka', 'lo', 'mi', 'ra', 'su', 'te', 'vi', 'zo'];
  const texts: string[] = [];
  const spans: { type: string; start: number; end: number }[][] = [];
  for (let i = 0; i < count; i++) {
    const merchant = `${pick(syllables)}${pick(syllables)}${pick(syllables)}`;
    const amount = `${100 + random.integer(9000)}`;
    const start = pick(['please pay ', 'send money to ', 'why did I pay ']);
    const text = `${start}${merchant}${pick([' about ', ' rupees '])}${amount}${pick(['', ' today', ' again'])}`;
    const at = start.length;
    const money = text.indexOf(amount, at + merchant.length);
    texts.push(text);
    spans.push([
      { type: 'MERCHANT', start: at, end: at + merchant.length },
      { type: 'AMOUNT', start: money, end: money + amount.length },
    ]);
  }
  return { texts, spans };
}

function labelled(count: number, seed: number, scheme: TagScheme = 'bio') {
  const { texts, spans } = generateTexts(count, seed);
  const set = labelSet(['AMOUNT', 'MERCHANT'], scheme);
  const sentences = texts.map((text, i): LabelledSentence => {
    const tokens = tokenise(text);
    return { words: tokens.map((token) => token.text), labels: encodeSpans(set, tokens, spans[i]!) };
  });
  return { set, sentences, texts, spans };
}

describe('tokenise', () => {
  it('splits words, numbers, abbreviations and symbols', () => {
    const text = "I'd pay M&S £600 at 22:35 p.m. on the 25th: Rs.2,50,000/- नमस्ते 😀 Peter's";
    const expected = "I'd|pay|M&S|£|600|at|22:35|p.m.|on|the|25th|:|Rs|.|2,50,000|/|-|नमस्ते|😀|Peter|'s";
    expect(tokenise(text).map((token) => token.text)).toEqual(expected.split('|'));
  });

  it('covers every character except white space exactly once for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const tokeniser of ['words', 'spaces'] as const) {
          const tokens = tokenise(text, tokeniser);
          for (const token of tokens) {
            expect(text.slice(token.start, token.end)).toBe(token.text);
            expect(() => requireSpan(text, { type: 'X', ...token }, 0)).not.toThrow();
          }
          const covered = tokens.map((token) => token.text).join('');
          expect(covered.replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('splits long text without spaces outside surrogate pairs', () => {
    const tokens = tokenise('x😀'.repeat(500), 'spaces');
    expect(tokens.length).toBeGreaterThan(20);
    expect(tokens.every((token) => !/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(token.text))).toBe(true);
  });
});

describe('requireSpan', () => {
  it('rejects spans outside the text and spans that split a surrogate pair', () => {
    const wrong = [
      [-1, 2],
      [2, 2],
      [0, 9],
      [0, 2.5],
      [0, 2],
    ] as const;
    for (const [start, end] of wrong)
      expect(() => requireSpan('x😀y', { type: 'X', start, end }, 0)).toThrow(
        expect.objectContaining({ code: 'INVALID_VALUE' }),
      );
    expect(() => requireSpan('x😀y', { type: 'X', start: 1, end: 3 }, 0)).not.toThrow();
  });
});

describe.each(schemes)('labels, %s', (scheme) => {
  const set = labelSet(['A', 'B'], scheme);

  it('decode to the spans that were encoded', () => {
    const text = 'a b c d e f g';
    const tokens = tokenise(text);
    const spans = [
      { type: 'A', start: 0, end: 3 },
      { type: 'A', start: 4, end: 5 },
      { type: 'B', start: 6, end: 13 },
    ];
    expect(asSpans(tokens, decodeLabels(set, encodeSpans(set, tokens, spans)))).toEqual(spans);
  });

  it('candidateSpans gives the probabilities that enumerating all paths gives', () => {
    const random = createRandom(5);
    const lat = lattice(set);
    const labels = set.labels.length;
    const scores = Float64Array.from({ length: 3 * labels }, () => random.normal());
    const steps = Float64Array.from(lat.from, () => random.normal());
    const weightOf = (path: readonly number[]): number => {
      const step = (from: number, to: number): number => steps[lat.edgeOf[from * (labels + 1) + to]!] ?? -Infinity;
      const sum = path.reduce(
        (total, label, t) => total + scores[t * labels + label]! + step(t === 0 ? labels : path[t - 1]!, label),
        0,
      );
      return Math.exp(sum + step(path.at(-1)!, labels));
    };
    const shares = new Map<string, number>();
    let total = 0;
    for (let i = 0; i < labels ** 3; i++) {
      const path = [i % labels, Math.floor(i / labels) % labels, Math.floor(i / labels ** 2)];
      const weight = weightOf(path);
      total += weight;
      // Forbidden paths have weight 0.
      if (weight > 0)
        for (const { type, first, last } of decodeLabels(set, path)) {
          const key = `${type} ${first} ${last}`;
          shares.set(key, (shares.get(key) ?? 0) + weight);
        }
    }
    const found = candidateSpans(forwardBackward({ set, lattice: lat, steps }, scores, 3), 1e-9);
    expect(found.map(({ type, first, last }) => `${type} ${first} ${last}`).sort()).toEqual([...shares.keys()].sort());
    for (const { type, first, last, probability } of found)
      expect(probability).toBeCloseTo(shares.get(`${type} ${first} ${last}`)! / total, 9);

    const likelyCandidates = candidateSpans(forwardBackward({ set, lattice: lat, steps }, scores, 3), 0.1);
    expect(likelyCandidates).toEqual(found.filter(({ probability }) => probability >= 0.1));
  });
});

describe('bestCandidates', () => {
  const TOKENS = 6;
  const candidate = fc
    .record({
      type: fc.constantFrom('A', 'B'),
      first: fc.nat(TOKENS - 1),
      length: fc.integer({ min: 1, max: TOKENS }),
      probability: fc.double({ min: 0.01, max: 1, noNaN: true }),
    })
    .filter(({ first, length }) => first + length <= TOKENS)
    .map(({ type, first, length, probability }) => ({ type, first, last: first + length - 1, probability }));

  it('selects the non-overlapping candidates with the largest sum of probability − threshold', () => {
    fc.assert(
      fc.property(
        fc.array(candidate, { maxLength: 9 }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (all, least) => {
          const gain = (set: readonly Candidate[]): number =>
            set.reduce((sum, { probability }) => sum + probability - least, 0);
          const disjoint = (set: readonly Candidate[]): boolean =>
            set.every((a, i) => set.every((b, j) => i === j || a.last < b.first || b.last < a.first));
          let best = 0;
          for (let subset = 0; subset < 2 ** all.length; subset++) {
            const set = all.filter((_, i) => (subset >> i) & 1);
            if (disjoint(set)) best = Math.max(best, gain(set));
          }
          const selected = bestCandidates(all, TOKENS, least);
          expect(disjoint(selected)).toBe(true);
          expect(gain(selected)).toBeCloseTo(best, 9);
          expect(selected.map(({ first }) => first)).toEqual(selected.map(({ first }) => first).sort((a, b) => a - b));
        },
      ),
    );
  });
});

describe('crfObjective', () => {
  it('has the gradient of finite differences', () => {
    const random = createRandom(3);
    const set = labelSet(['A', 'B'], 'bilou');
    const lat = lattice(set);
    const tokens = tokenise('p q r s t u');
    const labels = encodeSpans(set, tokens, [
      { type: 'A', start: 0, end: 3 },
      { type: 'B', start: 6, end: 7 },
    ]);
    const data = {
      sentences: Int32Array.of(0, 4, 6),
      // Blocks: 1 = feature 1; 2 = features 1 and 2; 3 = feature 3; 4 = feature 2.
      blocks: Int32Array.of(1, 0, 2, 0, 3, 1, 4, 0, 1, 2, 0, 3),
      blocksPerToken: 2,
      blockStarts: Int32Array.of(0, 0, 1, 3, 4, 5),
      features: Int32Array.of(1, 1, 2, 3, 2),
      labels,
      weights: Float64Array.of(1, 3),
    };
    const pairs = { starts: Int32Array.of(0, 0, 3, 5, 8), labels: Uint8Array.of(0, 1, 3, 0, 4, 2, 3, 5) };
    const objective = crfObjective({ data, pairs, lattice: lat, l2: 0.3 });
    const x = Float64Array.from({ length: 8 + lat.from.length }, () => random.normal());
    const gradient = new Float64Array(x.length);
    objective(x, gradient);
    for (let i = 0; i < x.length; i++) {
      const moved = (by: number): number =>
        objective(
          x.map((v, j) => (i === j ? v + by : v)),
          new Float64Array(x.length),
        );
      expect(gradient[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 5);
    }
  });
});

describe('features', () => {
  it('FeatureIndex finds the numbers of added hashes and returns 0 for others', () => {
    const hashes = Int32Array.from({ length: 5000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
    const index = FeatureIndex.from(hashes);
    expect(index.size).toBe(5000);
    hashes.forEach((hash, i) => expect(index.find(hash)).toBe(i + 1));
    expect(index.find(12_345)).toBe(0);
    expect(index.hashes()).toEqual(hashes);
  });

  it('describe gives the hashes of extract, with names', () => {
    const resources = { clusters: new Map(), lexicon: new Map([['big bazaar', 1]]), vocabulary: new Map([['pay', 3]]) };
    const extractor = createFeatureExtractor(resources);
    const words = ['pay', 'Big', 'Bazaar', 'now'];
    const { hashes, starts } = extractor.extract(words);
    words.forEach((_, i) => {
      const named = extractor.describe(words)(i);
      expect(named.map(({ hash }) => hash)).toEqual([...hashes.slice(starts[i], starts[i + 1])]);
    });
    expect(
      extractor
        .describe(words)(1)
        .map(({ name }) => name),
    ).toContain('knownName[0]');
  });

  it('matchLexicon takes the longest phrase and ignores skipped phrases', () => {
    const lexicon = new Map([
      ['new york', 1],
      ['new york times', 2],
    ]);
    const words = ['the', 'new', 'york', 'times'];
    const whole = matchLexicon(lexicon, words);
    expect([...whole].map((hash) => hash !== 0)).toEqual([false, true, true, true]);
    const shorter = matchLexicon(lexicon, words, (phrase) => phrase === 'new york times');
    expect([...shorter].map((hash) => hash !== 0)).toEqual([false, true, true, false]);
  });
});

describe('runs', () => {
  const wordContext = { clusters: new Map(), sentences: () => 5 };
  const hashesOf = (text: string) => {
    const words = text.split(' ');
    const lower = words.map((word) => word.toLowerCase());
    return runHashes(
      words.map((word) => wordFeatures(word, wordContext)),
      lower,
    );
  };

  it('contain numbers, words of time and capitalised words with their connectors', () => {
    const hashes = hashesOf('paid Bank of India on 5 th of March for it');
    expect(hashes.map(({ length }) => length > 0)).toEqual(
      'paid Bank of India on 5 th of March for it'
        .split(' ')
        .map((word) => !['paid', 'on', 'for', 'it'].includes(word)),
    );
    expect(hashesOf('nothing here').flat()).toEqual([]);
  });

  it('give every word of a run a feature of the word before the run', () => {
    const [from, until] = [hashesOf('from 5 th of March 2020'), hashesOf('until 5 th of March 2020')];
    for (const place of [1, 2, 3, 4, 5]) {
      const shared = from[place]!.filter((hash) => until[place]!.includes(hash));
      expect(shared.length).toBeGreaterThan(0);
      expect(shared.length).toBeLessThan(from[place]!.length);
    }
  });
});

describe('an opinion pool', () => {
  const { set, sentences } = labelled(60, 8);
  const crf = fitCrf({ set, sentences: sentences.slice(0, 40), names: new Map() }, settings, context());
  const scoreByCrf = crfScorer(crf);
  const labels = set.labels.length;
  const oneHotScores = (sentence: LabelledSentence, score: number): Float64Array => {
    const scores = new Float64Array(sentence.words.length * labels);
    sentence.labels.forEach((label, i) => (scores[i * labels + label] = score));
    return scores;
  };
  const heldOut = sentences.slice(40);
  const pooled = (scoresOf: (sentence: LabelledSentence) => Float64Array): PooledSentence[] =>
    heldOut.map((sentence) => ({
      encoder: scoresOf(sentence),
      crf: scoreByCrf(sentence.words),
      labels: sentence.labels,
    }));

  it('gives weight 1 to correct encoder scores and 0 to wrong ones', () => {
    const correct = fitOpinionPool(
      crf,
      pooled((sentence) => oneHotScores(sentence, 5)),
    );
    expect(correct.encoder).toBe(1);
    const wrong = fitOpinionPool(
      crf,
      pooled(({ words, labels: own }) => oneHotScores({ words, labels: own.map((label) => (label + 1) % labels) }, 5)),
    );
    expect(wrong.encoder).toBe(0);
    expect(wrong.crf).toBeGreaterThan(0);
  });

  it('gives equal weights without sentences', () => {
    expect(fitOpinionPool(crf, [])).toEqual({ encoder: 0.5, crf: 0.5 });
  });

  it('adds weighted scores and scales transition weights', () => {
    const opinions = { encoder: Float64Array.of(1, 2), crf: Float64Array.of(4, 8) };
    expect([...poolScores(opinions, { encoder: 2, crf: 0.5 })]).toEqual([4, 8]);
    expect(poolChain(crf, { encoder: 1, crf: 0.5 }).steps[3]).toBeCloseTo(crf.steps[3]! / 2, 12);
  });
});

describe('swapMentions', () => {
  it('keeps the words around and replaces mentions by others of their type', () => {
    const { set, sentences } = labelled(30, 4);
    const copies = swapMentions(set, sentences, createRandom(1));
    expect(copies).toHaveLength(30);
    copies.forEach((copy, i) => {
      const types = (sentence: LabelledSentence) => decodeLabels(set, sentence.labels).map(({ type }) => type);
      expect(types(copy)).toEqual(types(sentences[i]!));
      expect(copy.words[0]).toBe(sentences[i]!.words[0]);
      expect(copy.words).toHaveLength(copy.labels.length);
    });
    expect(copies).not.toEqual(sentences);
  });
});

describe('a fitted conditional random field', () => {
  const { set, sentences } = labelled(80, 1);
  const model = fitCrf({ set, sentences, names: new Map() }, settings, context());
  const calibration = { kind: 'beta', a: 1, b: 1, c: 0 } as const;
  const files = encodeCrf(model, { tokeniser: 'words', bias: 0, threshold: 0.5, calibration });

  it('finds names that training does not contain', async () => {
    const test = generateTexts(40, 99);
    const tagger = await openCrfTagger(files);
    const found = await tagger.tag(test.texts);
    let right = 0;
    found.forEach((entities, i) => {
      for (const { type, start, end, text, confidence } of entities) {
        expect(test.texts[i]!.slice(start, end)).toBe(text);
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThan(1);
        if (test.spans[i]!.some((span) => span.type === type && span.start === start && span.end === end)) right += 1;
      }
    });
    expect(right).toBeGreaterThan(70);
    await tagger.close();
  });

  it('gives the same scores in the ONNX graph as in training, in any batch', async () => {
    const tagger = await openCrfTagger(files);
    const score = crfScorer(model);
    const words = ['please', 'pay', 'Quux', '😀', '500'];
    const [alone] = await tagger.scores.score([words]);
    const [, together] = await tagger.scores.score([['a'], words, sentences[0]!.words]);
    score(words).forEach((value, i) => {
      expect(alone![i]).toBeCloseTo(value, 1);
      expect(together![i]).toBeCloseTo(alone![i]!, 5);
    });
    await tagger.close();
  });

  it('reads artefacts without a threshold', async () => {
    const decoding = JSON.parse(new TextDecoder().decode(files['decoding.json'])) as Record<string, unknown>;
    delete decoding.threshold;
    const withoutThreshold = { ...files, 'decoding.json': new TextEncoder().encode(JSON.stringify(decoding)) };
    const [tagger, older] = [await openCrfTagger(files), await openCrfTagger(withoutThreshold)];
    const text = 'please pay kalomi about 500';
    expect(await older.tag([text])).toEqual(await tagger.tag([text]));
    await tagger.close();
    await older.close();
  });

  it('tags empty, control-character, emoji, lone-surrogate and very long texts', async () => {
    const tagger = await openCrfTagger(files);
    const texts = [
      '',
      ' ',
      '\u0000\u0007',
      '😀'.repeat(300),
      '\ud800 pay kalomi 500',
      'ادفع كالومي ٥٠٠',
      'pay '.repeat(5000),
    ];
    const found = await tagger.tag(texts);
    found.forEach((entities, i) => {
      for (const { start, end, text } of entities) expect(texts[i]!.slice(start, end)).toBe(text);
    });
    const oneByOne = await Promise.all(texts.map(async (text) => (await tagger.tag([text]))[0]!));
    expect(oneByOne.map((list) => list.map(({ start, type }) => [start, type]))).toEqual(
      found.map((list) => list.map(({ start, type }) => [start, type])),
    );
    await tagger.close();
  });

  it('explains an entity by its feature weights', async () => {
    const tagger = await openCrfTagger(files);
    const [explained] = await explainEntities(tagger, 'please pay kalomi about 500');
    expect(explained!.entity).toMatchObject({ type: 'MERCHANT', text: 'kalomi' });
    expect(explained!.reasons[0]!.weight).toBeGreaterThan(0);
    expect(explained!.reasons.map(({ feature }) => feature).join()).toContain('lower[-1]');
    await tagger.close();
  });

  it('gives the confidence of any span as that of a reported entity', async () => {
    const tagger = await openCrfTagger(files);
    const text = 'please pay kalomi about 500';
    const entities = (await tagger.tag([text]))[0]!;
    expect(entities.length).toBeGreaterThan(0);
    const [found, blank, empty] = await spanConfidences(tagger, [text, text.replace('kalomi', '      '), ''], entities);
    entities.forEach(({ confidence }, i) => expect(found![i]).toBeCloseTo(confidence, 9));
    const merchant = entities.findIndex(({ type }) => type === 'MERCHANT');
    expect([blank![merchant], empty![merchant]]).toEqual([0, 0]);
    const unlikely = { type: 'MERCHANT', start: 0, end: 6 };
    const [[never, unknown] = []] = await spanConfidences(tagger, [text], [unlikely, { ...unlikely, type: 'PLANET' }]);
    expect(never).toBeLessThan(0.1);
    expect(unknown).toBe(0);
    await tagger.close();
  });

  it('is byte-identical for the same seed', () => {
    const first = fitCrf({ set, sentences, names: new Map() }, { ...settings, swaps: 1 }, context(3));
    const second = fitCrf({ set, sentences, names: new Map() }, { ...settings, swaps: 1 }, context(3));
    const decoded = { tokeniser: 'words', bias: 0, threshold: 0.5, calibration } as const;
    expect(encodeCrf(second, decoded)).toEqual(encodeCrf(first, decoded));
  });

  it('throws ARTEFACT_INVALID for corrupt and missing files', async () => {
    for (const name of Object.keys(files))
      await expect(openCrfTagger({ ...files, [name]: Uint8Array.of(1, 2, 3) })).rejects.toMatchObject({
        code: 'ARTEFACT_INVALID',
      });
    await expect(openCrfTagger({})).rejects.toMatchObject({ code: 'ARTEFACT_INVALID' });
  });
});

describe('crossValidate', () => {
  it('finds entities out of fold and fits an increasing calibration', async () => {
    const { set, sentences } = labelled(60, 2);
    const groups = sentences.map((_, i) => `g${i % 20}`);
    const result = await crossValidate(
      { sentences, groups },
      { set, folds: 3 },
      (train) => {
        const chain = fitCrf({ set, sentences: train, names: new Map() }, settings, context());
        return { chain, score: crfScorer(chain) };
      },
      context(),
    );
    expect(result.f1).toBeGreaterThan(0.8);
    expect(result.entities.filter((found) => found.length > 0).length).toBeGreaterThan(50);
    const confidence = calibratedConfidence(result.calibration, 6);
    expect(confidence).toBeGreaterThan(calibratedConfidence(result.calibration, -2));
  });
});

describe('groupFolds', () => {
  const sizesOf = (folds: Int32Array): number[] => [0, 1, 2].map((k) => folds.filter((fold) => fold === k).length);

  it('balances few documents and never divides one', () => {
    const groups = [50, 30, 10, 5, 5].flatMap((size, i) => new Array<string>(size).fill(`document ${i}`));
    const folds = groupFolds(groups, 3, 1);
    expect(sizesOf(folds)).toEqual([50, 30, 20]);
    expect(new Set(groups.map((group, i) => `${group} ${folds[i]}`)).size).toBe(5);
  });

  it('keeps the groups of a fold by hash where there are many, and divides a single one', () => {
    const many = Array.from({ length: 60 }, (_, i) => `group ${i % 40}`);
    const folds = groupFolds(many, 3, 1);
    expect(many.every((_, i) => folds[i] === folds[i % 40])).toBe(true);
    expect(sizesOf(groupFolds(new Array<string>(9).fill('one'), 3, 1))).toEqual([3, 3, 3]);
  });
});
