import type { Expectation, TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import { readExamples } from './examples.js';

/** More annotations than this share of unequal boundaries point to another way of counting characters. */
const LARGEST_RAGGED_SHARE = 0.1;

const isInside = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{Nd}]/u.test(character);

function raggedShare(data: TrainingData): number {
  let [ragged, all] = [0, 0];
  for (const { text, spans } of readExamples(data))
    for (const { start, end } of spans) {
      all += 1;
      const cut = (at: number): boolean => isInside(text[at - 1]) && isInside(text[at]);
      if (cut(start) || cut(end)) ragged += 1;
    }
  return all === 0 ? 0 : ragged / all;
}

/** Annotations that do not fit their text are named before anything is trained. */
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

/** Offsets counted in bytes or code points instead of UTF-16 code units cut words in two. */
const annotationsEndAtWords: Expectation = {
  name: 'annotations begin and end at words',
  check(data) {
    if (annotationsFit.check(data) !== null) return null;
    const share = raggedShare(data);
    if (share <= LARGEST_RAGGED_SHARE) return null;
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

/** More are free text in the wrong place; the field's labels have room for no more either. */
const MOST_TYPES = 100;

const typesAreTypes: Expectation = {
  name: 'entity types are types and not free text',
  check(data) {
    if (annotationsFit.check(data) !== null) return null;
    const types = new Set(readExamples(data).flatMap(({ spans }) => spans.map(({ type }) => type)));
    return types.size <= MOST_TYPES ? null : `found ${types.size} entity types, wanted at most ${MOST_TYPES}`;
  },
};

/** The model's own checks of a training table, beside the column specs of its schema. */
export const expectations: readonly Expectation[] = [
  annotationsFit,
  annotationsEndAtWords,
  someEntities,
  typesAreTypes,
];
