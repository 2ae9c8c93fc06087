import { errorAt } from '../../../../contracts/errors.js';
import type { FileFormat, SourceText } from '../../../../contracts/dataset.js';
import { requireAnnotated, textTable, type AnnotatedText, type Part } from '../text-table.js';
import { conll } from './conll.js';
import { readObjects } from './json-text.js';

const FOLD = /(?:^|\/)fold(\d+)\.json$/;
/** The last three of fifteen folds are the test part. */
const FIRST_TEST_FOLD = 12;

const foldOf = ({ name }: SourceText): number => Number(FOLD.exec(name)?.[1] ?? 0);

interface Slot {
  readonly span?: unknown;
}

function readEntry(row: Record<string, unknown>, place: { file: string; row: number }, part: Part): AnnotatedText {
  const { text, slots = {} } = row;
  if (typeof text !== 'string' || typeof slots !== 'object' || slots === null)
    throw errorAt('INVALID_VALUE', place, 'wanted {"text": …, "slots": {type: {"span": [start, end]}}}');
  const spans = Object.entries(slots as Record<string, Slot>).map(([type, { span }]) => {
    const [start, end] = Array.isArray(span) ? (span as unknown[]) : [];
    if (typeof start === 'number' && typeof end === 'number') return { type, start, end };
    throw errorAt('INVALID_VALUE', place, 'a slot without a span of two numbers');
  });
  const annotated = { text, spans, part, kind: 'message' as const };
  requireAnnotated(annotated, place);
  return annotated;
}

/** NLU++ (Casanueva et al. 2022): a folder of folds of {text, slots}. */
export const nluppSlots: FileFormat = {
  name: 'nlupp-slots',
  description: 'NLU++: a folder with fold0.json … fold14.json of {text, slots}; folds 12 to 14 are held out',
  encodings: ['text'],
  schema: { ...conll.schema, line: 'nlupp-slots' },
  layout: {
    matches: (files) => files.some(({ name }) => FOLD.test(name)),
    parse: (files) =>
      textTable(
        files
          .filter(({ name }) => FOLD.test(name))
          .sort((a, b) => foldOf(a) - foldOf(b))
          .flatMap((file) =>
            readObjects(file).map((row, i) =>
              readEntry(row, { file: file.name, row: i + 1 }, foldOf(file) >= FIRST_TEST_FOLD ? 'test' : 'train'),
            ),
          ),
      ),
  },
  labelsAreClasses: false,
  hasDatesInTexts: true,
  isSharedLayout: true,
  matches: () => false,
};
