import type { Expectation, TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import { labelsAreMeant } from '../../../learning/text/label-names.js';
import { readExamples } from './examples.js';

/** A larger share of annotations that cut a word indicates offsets in another unit. */
const MAXIMUM_MID_WORD_SHARE = 0.1;

const isInside = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{Nd}]/u.test(character);

function midWordShare(data: TrainingData): number {
  let [cutWords, all] = [0, 0];
  for (const { text, spans } of readExamples(data))
    for (const { start, end } of spans) {
      all += 1;
      const cut = (at: number): boolean => isInside(text[at - 1]) && isInside(text[at]);
      if (cut(start) || cut(end)) cutWords += 1;
    }
  return all === 0 ? 0 : cutWords / all;
}

/** What is wrong with the first annotation that does not fit its text; null when all fit. */
function annotationFault(data: TrainingData): string | null {
  try {
    readExamples(data);
    return null;
  } catch (fault) {
    if (fault instanceof PipelineError) return fault.message;
    throw fault;
  }
}

const annotationsFit: Expectation = { name: 'annotations fit their texts', check: annotationFault };

const doAnnotationsFit = (data: TrainingData): boolean => annotationFault(data) === null;

/** Numbers of annotations by type. */
function countTypes(data: TrainingData): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { spans } of readExamples(data))
    for (const { type } of spans) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

/** Types of annotations that fit, whose names are checked for a second spelling. */
const typesAreMeant = labelsAreMeant((data) => (doAnnotationsFit(data) ? countTypes(data) : new Map()));

/** Annotations start and end at words; offsets in bytes or code points would cut words. */
const annotationsEndAtWords: Expectation = {
  name: 'annotations begin and end at words',
  check(data) {
    if (!doAnnotationsFit(data)) return null;
    const share = midWordShare(data);
    if (share <= MAXIMUM_MID_WORD_SHARE) return null;
    return `${(100 * share).toFixed(1)} % of the annotations cut a word; offsets count UTF-16 code units`;
  },
};

const someEntities: Expectation = {
  name: 'some texts have entities',
  check(data) {
    if (data.table.rowCount === 0 || !doAnnotationsFit(data)) return null;
    return readExamples(data).some(({ spans }) => spans.length > 0) ? null : 'no text has an entity';
  },
};

/** More types indicate free text in the type column; label sets are limited to about this number as well. */
const MAXIMUM_TYPES = 100;

const typesAreTypes: Expectation = {
  name: 'entity types are types and not free text',
  check(data) {
    if (!doAnnotationsFit(data)) return null;
    const types = countTypes(data);
    return types.size <= MAXIMUM_TYPES ? null : `found ${types.size} entity types, wanted at most ${MAXIMUM_TYPES}`;
  },
};

/** The model's checks of a training table in addition to the schema's. */
export const expectations: readonly Expectation[] = [
  annotationsFit,
  annotationsEndAtWords,
  someEntities,
  typesAreTypes,
  typesAreMeant,
];
