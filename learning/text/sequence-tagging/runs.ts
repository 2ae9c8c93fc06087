import { mix } from './hash.js';
import { runKind } from './run-kinds.js';
import { attribute, type WordFeatures } from './word-features.js';

/*
 * Runs of words that form one expression: numbers and words of time, or capitalised words. The words that decide the
 * type of a long name or date ("from" before it, "Bank" at its end) lie outside a window of two words; run features give
 * every word of the run the words at the run's borders.
 */

interface RunKind {
  readonly bit: number;
  /** Lower-case words that may stand between two words of one run. */
  readonly connectors: ReadonlySet<string>;
  readonly maximumConnectors: number;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const kinds: readonly RunKind[] = [
  { bit: runKind.numeric, connectors: words('of the past in and , / . - :'), maximumConnectors: 2 },
  { bit: runKind.capitalised, connectors: words("of & ' - . the for and"), maximumConnectors: 2 },
];

interface Run {
  readonly first: number;
  readonly last: number;
}

/** Maximal runs of one kind from left to right. */
function findRuns(kind: RunKind, features: readonly WordFeatures[], lower: readonly string[]): Run[] {
  const { bit, connectors, maximumConnectors } = kind;
  const runs: { first: number; last: number }[] = [];
  features.forEach(({ runKinds }, i) => {
    if ((runKinds & bit) === 0) return;
    const open = runs.at(-1);
    const between = open ? lower.slice(open.last + 1, i) : [];
    if (open && between.length <= maximumConnectors && between.every((word) => connectors.has(word))) open.last = i;
    else runs.push({ first: i, last: i });
  });
  return runs;
}

const SEED = 5000;
/** Hash that stands for a word outside the sentence and for an absent run. */
const NO_WORD = 0x5bd1e995;
const MAXIMUM_RUN_LENGTH = 8;

interface SentenceRuns {
  readonly features: readonly WordFeatures[];
  readonly runs: readonly Run[];
}

const lowerAt = (features: readonly WordFeatures[], i: number): number =>
  features[i]?.attributes[attribute.lower] ?? NO_WORD;

const wordBefore = ({ features }: SentenceRuns, run: Run | undefined): number =>
  run ? lowerAt(features, run.first - 1) : NO_WORD;

/** Hash of a run's words: their numeric hashes for numeric runs, their short shapes for capitalised ones. */
function signatureOf({ features }: SentenceRuns, { first, last }: Run, bit: number): number {
  const parts = features.slice(first, Math.min(last + 1, first + MAXIMUM_RUN_LENGTH));
  const seed = bit === runKind.numeric ? 1 : 2;
  return parts.reduce(
    (hash, word) => mix(hash, seed === 1 ? word.numericHash : word.attributes[attribute.shortShape]!),
    seed,
  );
}

const combineHashes = (...values: readonly number[]): number => values.reduce((hash, value) => mix(hash, value));

/** Feature hashes that all words of a run share. */
function sharedHashes(sentence: SentenceRuns, at: number, seed: number, signature: number): number[] {
  const { features, runs } = sentence;
  const { first, last } = runs[at]!;
  const [before, after] = [lowerAt(features, first - 1), lowerAt(features, last + 1)];
  const [previous, next] = [wordBefore(sentence, runs[at - 1]), wordBefore(sentence, runs[at + 1])];
  return [
    combineHashes(seed + 1, before),
    combineHashes(seed + 2, lowerAt(features, first - 2), before),
    combineHashes(seed + 3, after),
    combineHashes(seed + 4, before, after),
    combineHashes(seed + 5, previous, before),
    combineHashes(seed + 6, next, before),
    combineHashes(seed + 7, lowerAt(features, first)),
    combineHashes(seed + 8, lowerAt(features, last)),
    combineHashes(seed + 9, signature),
    combineHashes(seed + 10, signature, before),
    combineHashes(seed + 11, Math.min(last - first, 5), before),
    combineHashes(seed + 12, previous, next),
  ];
}

const positionInRun = ({ first, last }: Run, i: number): number => {
  if (i === first) return 1;
  return i === last ? 2 : 3;
};

/**
 * Run features of each word: the words before and after its run, the run's first and last word and signature, and the
 * word before the previous run ("from … to …").
 * @param lower - the same words in lower case.
 * @returns hashes per word; [] for a word in no run.
 */
export function runHashes(features: readonly WordFeatures[], lower: readonly string[]): readonly (readonly number[])[] {
  const hashes = features.map((): number[] => []);
  kinds.forEach((kind, number) => {
    const seed = SEED + 100 * number;
    const sentence = { features, runs: findRuns(kind, features, lower) };
    sentence.runs.forEach((run, at) => {
      const { first, last } = run;
      const signature = signatureOf(sentence, run, kind.bit);
      const shared = sharedHashes(sentence, at, seed, signature);
      const before = lowerAt(features, first - 1);
      for (let i = first; i <= last; i++) {
        const place = positionInRun(run, i);
        hashes[i]!.push(
          ...shared,
          combineHashes(seed + 20, place, signature),
          combineHashes(seed + 21, place, Math.min(last - first, 5)),
          combineHashes(seed + 22, signature, Math.min(i - first, MAXIMUM_RUN_LENGTH - 1), before),
        );
      }
    });
  });
  return hashes;
}
