import { expect, it } from 'vitest';
import { relationTo } from './champion-relation.js';

const made = { signatureHash: 's1', definitionHash: 'd1', datasetHash: 'a', artefactHash: 'x' };
const champion = { version: '1.0.0', evaluationHash: 'e', ...made };
const other = { artefactHash: 'y' };

it.each([
  ['refresh', { ...other, datasetHash: 'b' }, {}],
  ['repetition', {}, { differs: [] }],
  ['repetition', { datasetHash: 'b' }, { differs: ['data'] }],
  ['repetition', { datasetHash: 'b', definitionHash: 'd2' }, { differs: ['data', 'definition'] }],
  ['change', { ...other, datasetHash: 'b', definitionHash: 'd2' }, {}],
  ['change', { ...other, datasetHash: 'b', signatureHash: 's2' }, {}],
  ['change', { ...other, datasetHash: 'b', definitionHash: undefined }, {}],
  ['change', other, {}], // another seed
])('is a %s of the champion with %j', (kind, given, more) => {
  expect(relationTo(champion, { ...made, ...given })).toEqual({ version: '1.0.0', kind, ...more });
});

it('is null for a line without champion', () => {
  expect(relationTo(null, made)).toBeNull();
});
