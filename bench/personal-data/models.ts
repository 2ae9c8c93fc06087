import type { TrainingData } from '../../contracts/dataset.js';
import type { ModelDefinition, Predictor } from '../../contracts/model-definition.js';
import type { SnapshotTables } from '../../contracts/backend.js';
import { GENERATED_TIME_ZONE } from '../../datasets/sources/backend/generator/index.js';
import { measuredValue } from '../../learning/evaluation/metrics/index.js';
import { textColumn, withColumn } from '../../learning/table.js';
import { findPersonalData, maskWithTokens } from '../../learning/text/personal-data/index.js';
import { readSpans } from '../../models/financial-ner/data/annotations.js';
import type { NerAnswer } from '../../models/financial-ner/prediction/request.js';
import { findModel } from '../../models/catalogue.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { generatedBackend } from '../refresh/weekly-runs.js';
import { type DividedSet, divide } from '../support/divided-set.js';
import { trainingContext } from '../support/training-context.js';
import type { SynthSentence } from './presidio.js';
import { type MarkedText, spanRows, type TypedSpan } from './span-scores.js';

const SEED = 42;
const GENERATED = { users: 120, months: 18, seed: SEED };

interface Backend {
  readonly tables: SnapshotTables;
  readonly until: number;
}

function dividedSet({ backend }: ModelDefinition, { tables, until }: Backend): DividedSet {
  const { table } = backend.rows(tables, { asOf: until, source: 'generated', timeZone: GENERATED_TIME_ZONE });
  return divide(backend.schema, table);
}

async function trainedOn(model: ModelDefinition, train: TrainingData): Promise<Predictor> {
  const params = model.params.parse({});
  return model.predictor(await model.train(trainingContext(SEED), train, params));
}

/** Types of the tagger by the types of the rules. A company in a party's field is hidden too, so it is not counted. */
const TAGGED: Readonly<Record<string, string>> = { PERSON: 'NAME', UPI_ID: 'UPI_ID' };

const typed = (type: string, start: number, end: number): TypedSpan[] => {
  const own = TAGGED[type];
  return own === undefined ? [] : [{ type: own, start, end }];
};

function markedTexts({ table }: TrainingData): readonly MarkedText[] {
  const cells = textColumn(table, 'entities');
  return textColumn(table, 'text').map((text, row) => ({
    text: text ?? '',
    spans: readSpans(cells[row] ?? '-', row).flatMap(({ type, start, end }) => typed(type, start, end)),
  }));
}

/** What the tagger finds in each text. */
async function taggedSpans(tagger: Predictor, texts: readonly MarkedText[]): Promise<ReadonlyMap<string, TypedSpan[]>> {
  const answers = (await tagger.predict(texts.map(({ text }) => ({ text })))) as NerAnswer[];
  return new Map(
    answers.map(({ entities }, i) => [
      texts[i]!.text,
      entities.flatMap(({ type, start, end }) => typed(type, start, end)),
    ]),
  );
}

/** Names in generated messages and statement lines of held-out wordings, and in presidio's sentences. */
export async function taggerRows(
  { onProgress }: BenchmarkContext,
  presidio: readonly SynthSentence[],
): Promise<BenchmarkRow[]> {
  const model = await findModel('financial-ner');
  onProgress('training the financial NER on generated texts');
  const { train, holdout } = dividedSet(model, generatedBackend(GENERATED));
  const tagger = await trainedOn(model, train);
  const sets: readonly [string, readonly MarkedText[]][] = [
    ['generated texts', markedTexts(holdout)],
    ['presidio', presidio.map(({ text, spans }) => ({ text, spans: spans.filter(({ type }) => type === 'NAME') }))],
  ];
  const rows: BenchmarkRow[] = [];
  for (const [name, texts] of sets) {
    const tagged = await taggedSpans(tagger, texts);
    const names = (found: readonly TypedSpan[]) => found.filter(({ type }) => type === 'NAME' || type === 'UPI_ID');
    rows.push(...spanRows(`${name}, rules`, texts, (text) => names(findPersonalData(text))));
    rows.push(
      ...spanRows(`${name}, rules and tagger`, texts, (text) => [
        ...names(findPersonalData(text)),
        ...(tagged.get(text) ?? []),
      ]),
    );
  }
  await tagger.close();
  return rows;
}

const masked = (data: TrainingData): TrainingData => {
  const values = textColumn(data.table, 'text').map((text) => (text === null ? null : maskWithTokens(text)));
  return { ...data, table: withColumn(data.table, 'text', { kind: 'text', values }) };
};

/** The primary metric on unmasked held-out messages, after learning from plain and from masked ones. */
export async function maskedIntentRows({ onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const model = await findModel('intent-classifier');
  const { train, holdout } = dividedSet(model, generatedBackend(GENERATED));
  const rows: BenchmarkRow[] = [];
  for (const [name, data] of [
    ['plain', train],
    ['masked', masked(train)],
  ] as const) {
    onProgress(`training the intent classifier on ${name} messages`);
    const classifier = await trainedOn(model, data);
    const context = trainingContext(SEED);
    const { metrics } = model.evaluate(await model.score(classifier, holdout, context), holdout, context);
    await classifier.close();
    const { name: metric, interval } = metrics[0]!;
    const range = interval === undefined ? '' : ` (${interval.low.toFixed(4)} to ${interval.high.toFixed(4)})`;
    rows.push(
      benchmarkRow({
        name: `intents from ${name} messages, ${metric}`,
        value: measuredValue(metrics[0]!),
        unit: range,
      }),
    );
  }
  return rows;
}
