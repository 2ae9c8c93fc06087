import { errorAt } from '../../../../contracts/errors.js';
import type { FileFormat, SourceText } from '../../../../contracts/dataset.js';
import type { Span } from '../../../../learning/text/sequence-tagging/index.js';
import { textFeature, textColumns } from '../columns.js';
import { requireAnnotated, textTable, type AnnotatedText, type Part } from '../text-table.js';

const TAG = /^(?:O|[BILUES]-\S+)$/;
const DOCUMENT = '-DOCSTART-';
/** Without test files every fifth document, or of few documents every fifth sentence, is held out. */
const HELD_OUT_EVERY = 5;
const TEST_FILE = /(?:^|[^a-z])(?:test|dev|valid(?:ation)?)(?:[^a-z]|$)/i;

interface TaggedWord {
  readonly word: string;
  readonly tag: string;
  readonly line: number;
}

function readWord(line: string, number: number, file: string): TaggedWord | null {
  const fields = line.split(/[\t ]+/).filter((field) => field !== '');
  if (fields[0] === DOCUMENT) return null;
  const [word, tag] = [fields[0]!, fields.at(-1)!];
  if (fields.length >= 2 && TAG.test(tag)) return { word, tag, line: number };
  throw errorAt('MALFORMED_FILE', { file, line: number }, 'wanted a word and, last, a tag such as O or B-ORG');
}

const BEGINS = /^[BUS]-/;
const ENDS = /^[LUES]-/;

/** Decodes IOB1, IOB2, BILOU and BIOES tags: an entity starts at a begin tag, at a new type, or after O. */
export function spansOfTags(tags: readonly string[], starts: readonly number[], ends: readonly number[]): Span[] {
  const spans: Span[] = [];
  let first = -1;
  const close = (last: number): void => {
    if (first >= 0) spans.push({ type: tags[first]!.slice(2), start: starts[first]!, end: ends[last]! });
    first = -1;
  };
  tags.forEach((tag, i) => {
    const other = first >= 0 && tags[first]!.slice(2) !== tag.slice(2);
    if (tag === 'O' || BEGINS.test(tag) || other) close(i - 1);
    if (tag !== 'O' && first < 0) first = i;
    if (ENDS.test(tag)) close(i);
  });
  close(tags.length - 1);
  return spans;
}

function annotatedText(words: readonly TaggedWord[], file: string): AnnotatedText {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = '';
  for (const { word } of words) {
    if (text !== '') text += ' ';
    starts.push(text.length);
    text += word;
    ends.push(text.length);
  }
  const tags = words.map(({ tag }) => tag);
  const annotated = { text, spans: spansOfTags(tags, starts, ends) };
  requireAnnotated(annotated, { file, line: words[0]!.line });
  return annotated;
}

/** A sentence and its document, counted by the separators -DOCSTART- of its file. */
interface Sentence {
  readonly words: readonly TaggedWord[];
  readonly document: number;
}

function* sentencesOf({ name, text }: SourceText): Generator<Sentence> {
  let words: TaggedWord[] = [];
  let document = 0;
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    const word = line.trim() === '' ? null : readWord(line, i + 1, name);
    if (word) words.push(word);
    else if (words.length > 0) {
      yield { words, document };
      words = [];
    }
    if (line.startsWith(DOCUMENT)) document += 1;
  }
  if (words.length > 0) yield { words, document };
}

/** Code units read to recognise the format. */
const HEAD_LENGTH = 4096;

/** Share of tagged lines from which a file counts as CoNLL; broken lines are then faults of the file. */
const MINIMUM_TAGGED_SHARE = 0.8;

function isTaggedLine(line: string): boolean {
  const fields = line.trim().split(/[\t ]+/);
  return fields.length > 1 && TAG.test(fields.at(-1)!);
}

/** Whether a file is a CoNLL file, unlike notes and licences in the same folder. */
function looksTagged({ text }: SourceText): boolean {
  // The last line of the head may be incomplete.
  const headLines = text
    .slice(0, HEAD_LENGTH)
    .split(/\r\n|\n|\r/)
    .slice(0, -1);
  const lines = headLines.filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.filter(isTaggedLine).length >= MINIMUM_TAGGED_SHARE * lines.length;
}

/** With fewer documents sentences are held out, not documents: each is too large a part. */
const MINIMUM_DOCUMENTS = 10;

interface FileSentence extends Sentence {
  readonly file: string;
}

/** Document of a sentence: between separators, or its file where there are many; undefined where none is known. */
function documentNames(all: readonly FileSentence[]): readonly (string | undefined)[] {
  const hasSeparators = all.some(({ document }) => document > 0);
  const files = new Set(all.map(({ file }) => file)).size;
  if (!hasSeparators && files < MINIMUM_DOCUMENTS) return all.map(() => undefined);
  return all.map(({ file, document }) => `${file}, document ${document}`);
}

const isEveryFifth = (i: number): boolean => i % HELD_OUT_EVERY === HELD_OUT_EVERY - 1;

/** Which sentences are held out: the test files, else every fifth document, else every fifth sentence of each file. */
function heldOut(all: readonly FileSentence[], documents: readonly (string | undefined)[]): readonly boolean[] {
  const files = [...new Set(all.map(({ file }) => file))];
  if (files.length > 1 && files.some((name) => TEST_FILE.test(name)))
    return all.map(({ file }) => TEST_FILE.test(file));
  const known = [...new Set(documents)].filter((name) => name !== undefined);
  if (known.length < MINIMUM_DOCUMENTS) {
    const positions = new Map<string, number>();
    return all.map(({ file }) => {
      const position = positions.get(file) ?? 0;
      positions.set(file, position + 1);
      return isEveryFifth(position);
    });
  }
  const held = new Set(known.filter((_, i) => isEveryFifth(i)));
  return documents.map((name) => name !== undefined && held.has(name));
}

function readFiles(given: readonly SourceText[]): AnnotatedText[] {
  const all = given
    .filter(looksTagged)
    .flatMap((file) => [...sentencesOf(file)].map((sentence) => ({ ...sentence, file: file.name })));
  const documents = documentNames(all);
  const held = heldOut(all, documents);
  return all.map(({ words, file }, i): AnnotatedText => {
    const group = documents[i];
    const part: Part = held[i] === true ? 'test' : 'train';
    return { ...annotatedText(words, file), part, ...(group !== undefined && { group }) };
  });
}

/** CoNLL column files: one word per line with its tag in the last column, empty lines between sentences. */
export const conll: FileFormat = {
  name: 'conll',
  description: 'a word a line, its tag last (IOB1, BIO, BILOU), empty line between sentences; one file or a folder',
  encodings: ['text'],
  schema: {
    line: 'conll',
    columns: [...textColumns, { name: 'part', type: 'text', description: 'train or test.' }],
    key: 'textId',
    label: 'entities',
    features: [textFeature],
    split: { kind: 'given', column: 'part', heldOut: ['test'] },
    minimumRows: 60,
  },
  layout: {
    matches: (files) => files.some(looksTagged),
    parse: (files) => textTable(readFiles(files)),
  },
  labelsAreClasses: false,
  hasDatesInTexts: true,
  isSharedLayout: true,
  matches: () => false,
};
