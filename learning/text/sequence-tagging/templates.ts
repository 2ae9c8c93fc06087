import { attribute } from './word-features.js';

/** One attribute of the word at an offset from the token. */
export interface Position {
  readonly offset: number;
  readonly attribute: number;
}

/** A feature of one or more positions; it is absent when any of them is absent. */
export type Template = readonly Position[];

const at = (offset: number, ...names: (keyof typeof attribute)[]): Template[] =>
  names.map((name) => [{ offset, attribute: attribute[name] }]);

const pair = (first: number, second: number, name: keyof typeof attribute): Template => [
  { offset: first, attribute: attribute[name] },
  { offset: second, attribute: attribute[name] },
];

/** Feature templates over a window of two words on each side of a token. */
export const templates: readonly Template[] = [
  ...at(
    0,
    'word',
    'lower',
    'shape',
    'shortShape',
    'kind',
    'digits',
    'cluster',
    'coarseCluster',
    'familiarity',
    'wordClass',
  ),
  ...at(0, 'prefix1', 'prefix2', 'prefix3', 'prefix4', 'suffix1', 'suffix2', 'suffix3', 'suffix4'),
  ...[-1, 1].flatMap((o) =>
    at(
      o,
      'lower',
      'shape',
      'shortShape',
      'kind',
      'digits',
      'cluster',
      'coarseCluster',
      'prefix3',
      'suffix2',
      'suffix3',
      'familiarity',
      'wordClass',
    ),
  ),
  ...[-2, 2].flatMap((o) => at(o, 'lower', 'shortShape', 'kind', 'cluster', 'wordClass')),
  pair(-1, 0, 'lower'),
  pair(0, 1, 'lower'),
  pair(-2, -1, 'lower'),
  pair(1, 2, 'lower'),
  pair(-1, 1, 'lower'),
  pair(-1, 0, 'shortShape'),
  pair(0, 1, 'shortShape'),
  pair(-1, 0, 'cluster'),
  pair(0, 1, 'cluster'),
  [...pair(-1, 0, 'shortShape'), { offset: 1, attribute: attribute.shortShape }],
  [
    { offset: -1, attribute: attribute.lower },
    { offset: 0, attribute: attribute.shortShape },
  ],
  [
    { offset: 1, attribute: attribute.lower },
    { offset: 0, attribute: attribute.shortShape },
  ],
  pair(-1, 0, 'familiarity'),
  pair(0, 1, 'familiarity'),
  [
    { offset: -1, attribute: attribute.lower },
    { offset: 0, attribute: attribute.familiarity },
  ],
  [
    { offset: 1, attribute: attribute.lower },
    { offset: 0, attribute: attribute.familiarity },
  ],
  [{ offset: -2, attribute: attribute.lower }, ...pair(-1, 0, 'familiarity')],
  [
    { offset: 0, attribute: attribute.familiarity },
    { offset: 0, attribute: attribute.shortShape },
  ],
  pair(-1, 0, 'wordClass'),
  pair(0, 1, 'wordClass'),
  [
    { offset: -1, attribute: attribute.lower },
    { offset: 0, attribute: attribute.wordClass },
  ],
  [
    { offset: -2, attribute: attribute.lower },
    { offset: 0, attribute: attribute.wordClass },
  ],
  [
    { offset: 0, attribute: attribute.wordClass },
    { offset: 1, attribute: attribute.lower },
  ],
];

const attributeNames = Object.keys(attribute);

/** Name of a template in explanations: `lower[-1] & shape[0]`. */
export const templateName = (template: Template): string =>
  template.map(({ offset, attribute: slot }) => `${attributeNames[slot]!}[${offset}]`).join(' & ');

/**
 * Blocks of a token's features by the positions they look at. Tokens with the same words there have the same features in
 * a block, so that training computes a block once for all of them.
 */
export const blocks = {
  word: 0,
  before: 1,
  after: 2,
  wordAndBefore: 3,
  wordAndAfter: 4,
  twoBefore: 5,
  twoAfter: 6,
  around: 7,
  /** Features of runs; no template. */
  run: 8,
} as const;
/** Number of blocks. */
export const BLOCKS = 9;

function blockOf(template: Template): number {
  const has = (offset: number): boolean => template.some((position) => position.offset === offset);
  if (has(-2)) return blocks.twoBefore;
  if (has(2)) return blocks.twoAfter;
  if (has(-1) && has(1)) return blocks.around;
  if (has(-1)) return has(0) ? blocks.wordAndBefore : blocks.before;
  if (has(1)) return has(0) ? blocks.wordAndAfter : blocks.after;
  return blocks.word;
}

/** The templates of each block with their numbers in `templates`. */
export const blockTemplates = Array.from({ length: BLOCKS }, (_, block) =>
  templates.map((template, number) => ({ number, template })).filter(({ template }) => blockOf(template) === block),
);
