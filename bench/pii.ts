import { findPersonalData } from '../learning/text/personal-data/index.js';
import { indianTexts } from './personal-data/indian-texts.js';
import { maskedIntentRows, taggerRows } from './personal-data/models.js';
import { readPresidio, type SynthSentence } from './personal-data/presidio.js';
import { spanRows } from './personal-data/span-scores.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';
import { cpuOf } from './support/cpu.js';

const [SEED, TEXTS_A_TEMPLATE] = [42, 100];

/** The rules were written with the sentences of even templates in view. */
const isTest = ({ template }: SynthSentence): boolean => template % 2 === 1;

function presidioRows(sentences: readonly SynthSentence[]): BenchmarkRow[] {
  return [
    ...spanRows('presidio', sentences, findPersonalData),
    ...spanRows('presidio, odd templates', sentences.filter(isTest), findPersonalData),
  ];
}

async function costRows(sentences: readonly SynthSentence[]): Promise<BenchmarkRow[]> {
  const texts = [...sentences.map(({ text }) => text), ...indianTexts(SEED, TEXTS_A_TEMPLATE).map(({ text }) => text)];
  const findAll = () => Promise.resolve(texts.map(findPersonalData));
  await findAll();
  const { seconds } = await cpuOf(findAll);
  return [
    benchmarkRow({ name: 'finding personal data, CPU', value: (1e6 * seconds) / texts.length, unit: 'us a text' }),
  ];
}

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const { dataFolder, onProgress, wants } = context;
  const sentences = readPresidio(dataFolder) ?? [];
  if (sentences.length === 0) onProgress('presidio: the data set is not there, left out');
  return [
    ...(wants('presidio') ? presidioRows(sentences) : []),
    ...(wants('indian') ? spanRows('indian', indianTexts(SEED, TEXTS_A_TEMPLATE), findPersonalData) : []),
    ...(wants('cost') ? await costRows(sentences) : []),
    ...(wants('tagger') ? await taggerRows(context, sentences) : []),
    ...(wants('intents') ? await maskedIntentRows(context) : []),
  ];
}

/** What rules find of personal data, what the financial NER adds, and what masking costs a classifier. */
export const benchmarks: BenchmarkSuite = {
  description:
    'recall and precision of the rules for personal data, by type; sections: presidio, indian, cost, tagger, intents',
  run,
};
