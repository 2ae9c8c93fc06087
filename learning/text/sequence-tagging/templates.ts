import { attribute } from './word-features.js';

/** Reads one attribute of the word at a distance. */
export interface Position {
  readonly offset: number;
  readonly attribute: number;
}

/** A feature made of one or several positions; it is absent when any of them is. */
export type Template = readonly Position[];

const at = (offset: number, ...names: (keyof typeof attribute)[]): Template[] =>
  names.map((name) => [{ offset, attribute: attribute[name] }]);

const both = (first: number, second: number, name: keyof typeof attribute): Template => [
  { offset: first, attribute: attribute[name] },
  { offset: second, attribute: attribute[name] },
];

/** The window that a token's label is read from. */
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
  both(-1, 0, 'lower'),
  both(0, 1, 'lower'),
  both(-2, -1, 'lower'),
  both(1, 2, 'lower'),
  both(-1, 1, 'lower'),
  both(-1, 0, 'shortShape'),
  both(0, 1, 'shortShape'),
  both(-1, 0, 'cluster'),
  both(0, 1, 'cluster'),
  [...both(-1, 0, 'shortShape'), { offset: 1, attribute: attribute.shortShape }],
  [
    { offset: -1, attribute: attribute.lower },
    { offset: 0, attribute: attribute.shortShape },
  ],
  [
    { offset: 1, attribute: attribute.lower },
    { offset: 0, attribute: attribute.shortShape },
  ],
  both(-1, 0, 'familiarity'),
  both(0, 1, 'familiarity'),
  [
    { offset: -1, attribute: attribute.lower },
    { offset: 0, attribute: attribute.familiarity },
  ],
  [
    { offset: 1, attribute: attribute.lower },
    { offset: 0, attribute: attribute.familiarity },
  ],
  [{ offset: -2, attribute: attribute.lower }, ...both(-1, 0, 'familiarity')],
  [
    { offset: 0, attribute: attribute.familiarity },
    { offset: 0, attribute: attribute.shortShape },
  ],
  both(-1, 0, 'wordClass'),
  both(0, 1, 'wordClass'),
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

/** What a template looks at, for explanations: `lower[-1] & shape[0]`. */
export const templateName = (template: Template): string =>
  template.map(({ offset, attribute: slot }) => `${attributeNames[slot]!}[${offset}]`).join(' & ');
