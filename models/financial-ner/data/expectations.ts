import type { Expectation, TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
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

/** All annotations fit their texts. */
const annotationsFit: Expectation = {
  name: 'annotations fit their texts',
  check(data) {
    try {
      readExamples(data);
      return null;
    } catch (fault) {
      if (fault instanceof PipelineError) return fault.message;
      throw fault;
    }
  },
};

/** Annotations start and end at words; offsets in bytes or code points would cut words. */
const annotationsEndAtWords: Expectation = {
  name: 'annotations begin and end at words',
  check(data) {
    if (annotationsFit.check(data) !== null) return null;
    const share = midWordShare(data);
    if (share <= MAXIMUM_MID_WORD_SHARE) return null;
    return `${(100 * share).toFixed(1)} % of the annotations cut a word; offsets count UTF-16 code units`;
  },
};

const someEntities: Expectation = {
  name: 'some texts have entities',
  check(data) {
    if (data.table.rowCount === 0 || annotationsFit.check(data) !== null) return null;
    return readExamples(data).some(({ spans }) => spans.length > 0) ? null : 'no text has an entity';
  },
};

/** More types indicate free text in the type column; label sets are limited to about this number as well. */
const MAXIMUM_TYPES = 100;

const typesAreTypes: Expectation = {
  name: 'entity types are types and not free text',
  check(data) {
    if (annotationsFit.check(data) !== null) return null;
    const types = new Set(readExamples(data).flatMap(({ spans }) => spans.map(({ type }) => type)));
    return types.size <= MAXIMUM_TYPES ? null : `found ${types.size} entity types, wanted at most ${MAXIMUM_TYPES}`;
  },
};

/** The model's checks of a training table in addition to the schema's. */
export const expectations: readonly Expectation[] = [
  annotationsFit,
  annotationsEndAtWords,
  someEntities,
  typesAreTypes,
];
