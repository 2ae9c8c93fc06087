import { describe, expect, it } from 'vitest';
import { datasetDescription, datasetRef } from './dataset.js';
import { BACKEND_LINES, lineOfSource, sourceName, sourceOfLine } from './ids.js';

const hash = 'a'.repeat(64);
const descriptionOf = (line: string, source: string) => {
  const origin = { kind: 'snapshot' as const, snapshotHash: hash, source };
  return { modelName: 'intent-classifier', line, rows: 1, origin, notes: [] };
};
const refOf = (line: string, source: string) => ({ hash, ...descriptionOf(line, source) });

describe('a reference to a data set', () => {
  it('of generated rows has the line synthetic, also where an older release wrote default', () => {
    expect(datasetRef.parse(refOf('default', 'generated')).line).toBe('synthetic');
    expect(datasetDescription.parse(descriptionOf('default', 'generated')).line).toBe('synthetic');
  });

  it('of other rows keeps its line', () => {
    for (const [line, source] of [
      ['default', 'backend'],
      ['berka', 'berka'],
      ['synthetic', 'generated'],
    ] as const)
      expect(datasetRef.parse(refOf(line, source))).toEqual(refOf(line, source));
  });
});

describe('lines and sources', () => {
  it('have names of their own: no source is called as the line of another', () => {
    for (const line of BACKEND_LINES) expect(sourceName.safeParse(line).success).toBe(false);
    for (const source of ['backend', 'generated', 'berka']) expect(sourceName.parse(source)).toBe(source);
  });

  it('belong to each other one to one', () => {
    for (const source of ['backend', 'generated', 'berka']) expect(sourceOfLine(lineOfSource(source))).toBe(source);
    expect(['backend', 'generated'].map(lineOfSource)).toEqual(BACKEND_LINES);
  });
});
