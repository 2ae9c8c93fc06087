import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { intents } from '../../../datasets/sources/backend/generator/chat/intents.js';
import { trainContext } from '../../../tests/support/check-model.js';
import type { IntentPredictor } from '../prediction/predictor.js';
import { independentTest } from './independent-test.js';

const FILE = 'independent-phrases';
const root = join(import.meta.dirname, '../../..');
const { phrases: origins } = JSON.parse(readFileSync(join(import.meta.dirname, `${FILE}.json`), 'utf8')) as {
  readonly phrases: Record<string, Record<string, string[]>>;
};
const names = intents.map(({ name }) => name);

/** A predictor that answers every message with one intent. */
const constant = (intent: string, classes: readonly string[], several = false): IntentPredictor =>
  ({
    decision: { classes, several },
    predict: (inputs: readonly unknown[]) => Promise.resolve(inputs.map(() => ({ intent }))),
  }) as unknown as IntentPredictor;

describe('independent phrases', () => {
  it('are at least sixty an intent and out of scope, each once and without placeholders', () => {
    expect(Object.keys(origins.written!).sort()).toEqual([...names, 'out_of_scope'].sort());
    for (const texts of Object.values(origins.written!)) expect(texts.length).toBeGreaterThanOrEqual(60);
    const all = Object.values(origins).flatMap((byIntent) => Object.values(byIntent).flat());
    expect(new Set(all.map((text) => text.toLowerCase())).size).toBe(all.length);
    expect(all.filter((text) => /[{}[\]|]/.test(text))).toEqual([]);
  });

  it('are read by the evaluation alone, so that nothing is trained or tuned on them', () => {
    const readers = ['models', 'learning', 'datasets', 'training', 'labelling', 'bench', 'inference'].flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => join(room, path))
        .filter((path) => /independent-(phrases|test\.js)/.test(readFileSync(join(root, path), 'utf8'))),
    );
    expect(readers.sort()).toEqual([
      'models/intent-classifier/evaluation/independent-test.test.ts',
      'models/intent-classifier/evaluation/independent-test.ts',
      'models/intent-classifier/index.ts',
    ]);
  });
});

describe('independentTest', () => {
  const total = Object.values(origins).flatMap((byIntent) => Object.entries(byIntent));
  const count = (keep: (intent: string) => boolean): number =>
    total.filter(([intent]) => keep(intent)).reduce((sum, [, texts]) => sum + texts.length, 0);

  it('counts accepted phrases, right answers among them and rejected phrases that are out of scope', async () => {
    const inScope = count((intent) => intent !== 'out_of_scope');
    const found = await independentTest(constant('pay_bill', names), trainContext());
    expect(found.metrics).toMatchObject([
      { name: 'independentAccepted', value: 1, n: inScope },
      { name: 'independentAccuracy', value: count((intent) => intent === 'pay_bill') / inScope, n: inScope },
      { name: 'independentRejected', value: 0, n: count((intent) => intent === 'out_of_scope') },
    ]);
    expect(found.slices.map(({ name }) => name)).toEqual([
      'independent phrases: written',
      'independent phrases: banking77',
      'independent phrases: clinc150',
    ]);
    const rejecting = await independentTest(constant('out_of_scope', names), trainContext());
    expect(rejecting.metrics).toMatchObject([{ value: 0 }, { value: null, n: 0 }, { value: 1 }]);
  });

  it('measures nothing where the version has other intents or several a message', async () => {
    const nothing = { metrics: [], slices: [], notes: [] };
    expect(await independentTest(constant('a', ['a', 'b']), trainContext())).toEqual(nothing);
    expect(await independentTest(constant('pay_bill', names, true), trainContext())).toEqual(nothing);
  });
});
