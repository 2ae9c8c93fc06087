import { expect, it } from 'vitest';
import { relationTo } from './champion-relation.js';

const made = { signatureHash: 's1', definitionHash: 'd1', datasetHash: 'a', artefactHash: 'x' };
const champion = { version: '1.0.0', evaluationHash: 'e', ...made };
const other = { artefactHash: 'y' };

it.each([
  ['refresh', { ...other, datasetHash: 'b' }, {}],
  ['repetition', {}, { repeats: '1.0.0', differs: [] }],
  ['repetition', { datasetHash: 'b' }, { repeats: '1.0.0', differs: ['data'] }],
  ['repetition', { datasetHash: 'b', definitionHash: 'd2' }, { repeats: '1.0.0', differs: ['data', 'definition'] }],
  ['change', { ...other, datasetHash: 'b', definitionHash: 'd2' }, {}],
  ['change', { ...other, datasetHash: 'b', signatureHash: 's2' }, {}],
  ['change', { ...other, datasetHash: 'b', definitionHash: undefined }, {}],
  ['change', other, {}], // another seed
])('is a %s of the champion with %j', (kind, given, more) => {
  expect(relationTo(champion, { ...made, ...given })).toEqual({ version: '1.0.0', kind, ...more });
});

it.each([
  [{}, []],
  [{ datasetHash: 'b', definitionHash: 'd2' }, ['data', 'definition']],
])('is a repetition of another version that has the artefact with %j', (given, differs) => {
  const older = { version: '0.9.0', ...made, ...other };
  const found = relationTo(champion, { ...made, ...other, ...given }, older);
  expect(found).toEqual({ version: '1.0.0', kind: 'repetition', repeats: '0.9.0', differs });
});

it('is null for a line without champion', () => {
  expect(relationTo(null, made)).toBeNull();
});
