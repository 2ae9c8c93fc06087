import { mix } from './hash.js';
import { runKind } from './run-kinds.js';
import { attribute, type WordFeatures } from './word-features.js';

/*
 * Runs of words that look like one thing: numbers and words of time, or words with capitals. A name or a date may be long, and what decides its type ("from" before it, "Bank" at its end) is then out of
 * sight of a window of two words; a run sees its own borders from everywhere inside.
 */

interface Kind {
  readonly bit: number;
  /** May stand between two words of one run. */
  readonly glue: ReadonlySet<string>;
  readonly longestGlue: number;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const kinds: readonly Kind[] = [
  { bit: runKind.measure, glue: words('of the past in and , / . - :'), longestGlue: 2 },
  { bit: runKind.capital, glue: words("of & ' - . the for and"), longestGlue: 2 },
];

interface Run {
  readonly first: number;
  readonly last: number;
}

/** Longest runs of one kind from left to right. */
function findRuns({ bit, glue, longestGlue }: Kind, known: readonly WordFeatures[], lower: readonly string[]): Run[] {
  const runs: { first: number; last: number }[] = [];
  known.forEach(({ member }, i) => {
    if ((member & bit) === 0) return;
    const open = runs.at(-1);
    const between = open ? lower.slice(open.last + 1, i) : [];
    if (open && between.length <= longestGlue && between.every((word) => glue.has(word))) open.last = i;
    else runs.push({ first: i, last: i });
  });
  return runs;
}

const SEED = 5000;
/** Stands for a word outside of the sentence and for a run that is not there. */
const NONE = 0x5bd1e995;
const LONGEST = 8;

interface Sentence {
  readonly known: readonly WordFeatures[];
  readonly runs: readonly Run[];
}

const lowerAt = (known: readonly WordFeatures[], i: number): number => known[i]?.attributes[attribute.lower] ?? NONE;

const wordBefore = ({ known }: Sentence, run: Run | undefined): number => (run ? lowerAt(known, run.first - 1) : NONE);

/** What a run is made of, word by word: classes of numbers and time, or spellings. */
function signatureOf({ known }: Sentence, { first, last }: Run, bit: number): number {
  const parts = known.slice(first, Math.min(last + 1, first + LONGEST));
  const seed = bit === runKind.measure ? 1 : 2;
  return parts.reduce(
    (hash, word) => mix(hash, seed === 1 ? word.measure : word.attributes[attribute.shortShape]!),
    seed,
  );
}

const folded = (...values: readonly number[]): number => values.reduce((hash, value) => mix(hash, value));

/** Features that all words of a run share. */
function sharedHashes(sentence: Sentence, at: number, seed: number, signature: number): number[] {
  const { known, runs } = sentence;
  const { first, last } = runs[at]!;
  const [before, after] = [lowerAt(known, first - 1), lowerAt(known, last + 1)];
  const [previous, next] = [wordBefore(sentence, runs[at - 1]), wordBefore(sentence, runs[at + 1])];
  return [
    folded(seed + 1, before),
    folded(seed + 2, lowerAt(known, first - 2), before),
    folded(seed + 3, after),
    folded(seed + 4, before, after),
    folded(seed + 5, previous, before),
    folded(seed + 6, next, before),
    folded(seed + 7, lowerAt(known, first)),
    folded(seed + 8, lowerAt(known, last)),
    folded(seed + 9, signature),
    folded(seed + 10, signature, before),
    folded(seed + 11, Math.min(last - first, 5), before),
    folded(seed + 12, previous, next),
  ];
}

const placeIn = ({ first, last }: Run, i: number): number => {
  if (i === first) return 1;
  return i === last ? 2 : 3;
};

/**
 * Features of each word from the runs that it is in: the words before and after the run, its first and last word, what
 * it is made of, and what stands before the run before it ("from … to …").
 * @param known - what each word looks like.  @param lower - the same words in lower case.
 */
export function runHashes(known: readonly WordFeatures[], lower: readonly string[]): readonly (readonly number[])[] {
  const hashes = known.map((): number[] => []);
  kinds.forEach((kind, number) => {
    const seed = SEED + 100 * number;
    const sentence = { known, runs: findRuns(kind, known, lower) };
    sentence.runs.forEach((run, at) => {
      const { first, last } = run;
      const signature = signatureOf(sentence, run, kind.bit);
      const shared = sharedHashes(sentence, at, seed, signature);
      const before = lowerAt(known, first - 1);
      for (let i = first; i <= last; i++) {
        const place = placeIn(run, i);
        hashes[i]!.push(
          ...shared,
          folded(seed + 20, place, signature),
          folded(seed + 21, place, Math.min(last - first, 5)),
          folded(seed + 22, signature, Math.min(i - first, LONGEST - 1), before),
        );
      }
    });
  });
  return hashes;
}
