import { describe, expect, inject, it } from 'vitest';
import { generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import type { BackendRows } from '../../datasets/sources/backend/generator/rows.js';
import { collect, startCli } from '../e2e/run-cli.js';
import { ask, report } from './ask.js';

/* The specification's targets, of the versions that answer: on their frozen holdouts, and on customers of another seed. */

interface Version {
  readonly modelName: string;
  readonly stage: string;
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

async function servedVersions(): Promise<readonly Version[]> {
  const { home } = inject('api');
  const { stdout } = await collect(startCli(['models', 'list', '--json'], { home }));
  const { versions } = JSON.parse(stdout) as { versions: readonly Version[] };
  return versions.filter(({ stage, metrics }) => metrics.length > 0 && ['staging', 'production'].includes(stage));
}

const targets: readonly (readonly [string, string, (value: number) => boolean])[] = [
  ['intent-classifier', 'accuracy', (value) => value > 0.95],
  ['financial-ner', 'f1', (value) => value > 0.9],
  ['spending-predictor', 'mape', (value) => value < 0.15],
  ['anomaly-detector', 'aucRoc', (value) => value > 0.85],
  ['credit-risk-scorer', 'aucRoc', (value) => value > 0.8],
];

describe('on its holdout', () => {
  it.each(targets)('%s reaches the target of %s', async (model, metric, isReached) => {
    const versions = (await servedVersions()).filter(({ modelName }) => modelName === model);
    expect(versions.length).toBeGreaterThan(0);
    for (const { metrics } of versions) {
      const { value } = metrics.find(({ name }) => name === metric)!;
      report(`${model}: ${metric} ${value.toFixed(3)}`);
      expect(value).satisfy(isReached);
    }
  });
});

const fresh: BackendRows[] = [...generateCustomers({ users: 40, months: 12, seed: 990_017 })].map(({ rows }) => rows);
const messages = fresh.flatMap(({ chat_messages: rows }) => rows);

async function answers<Output>(route: string, texts: readonly string[]): Promise<readonly (Output | null)[]> {
  const inputs = texts.map((text) => ({ text }));
  const { predictions } = await ask<{ predictions: readonly { output: Output | null }[] }>(`/predict/${route}/batch`, {
    inputs,
  });
  return predictions.map(({ output }) => output);
}

describe('on messages of customers of another seed', () => {
  it('intents are recognised', async () => {
    const labelled = messages.filter(
      ({ intent }) => intent !== null && intent !== 'out_of_scope' && !intent.includes('+'),
    );
    const found = await answers<{ intent: string; intents: readonly unknown[] }>('intent', labelled.map(({ text }) => text)); // prettier-ignore
    const answered = found.flatMap((output, i) =>
      output !== null && output.intents.length > 0 ? [{ output, i }] : [],
    );
    const right = answered.filter(({ output, i }) => output.intent === labelled[i]!.intent).length;
    report(`intents: ${labelled.length} messages, ${answered.length} answered, ${right} of them right`);
    expect(labelled.length).toBeGreaterThan(200);
    expect(answered.length / labelled.length).toBeGreaterThan(0.9);
    expect(right / answered.length).toBeGreaterThan(0.95);
  });

  it('entities are found with their borders and types', async () => {
    const annotated = fresh.flatMap(({ entity_annotations: rows }) => rows).filter((row) => row.message_id !== null);
    const texts = messages.filter(({ id }) => annotated.some(({ message_id: of }) => of === id));
    const found = await answers<{ entities: { start: number; end: number; type: string }[] }>('ner', texts.map(({ text }) => text)); // prettier-ignore
    const spans = found.flatMap((output, i) =>
      (output?.entities ?? []).map(({ start, end, type }) => `${texts[i]!.id} ${start} ${end} ${type}`),
    );
    const wanted = new Set(annotated.map((row) => `${row.message_id} ${row.start_offset} ${row.end_offset} ${row.entity_type}`)); // prettier-ignore
    const right = spans.filter((span) => wanted.has(span)).length;
    const f1 = (2 * right) / (spans.length + wanted.size);
    report(`entities: F1 ${f1.toFixed(3)} of ${wanted.size}`);
    expect(wanted.size).toBeGreaterThan(100);
    expect(f1).toBeGreaterThan(0.9);
  });
});
