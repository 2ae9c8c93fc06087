import { concatTables } from '../learning/table.js';
import { filesOfVariant, type VariantName, variantsOf } from '../learning/artefact/index.js';
import { poolScores, type ScoredArtefact, type ScoringContext } from './score-parts.js';

/** What each further number format of an artefact costs in accuracy, on the rows that the artefact is judged by. */
export async function variantNotes(scoring: ScoringContext, scored: ScoredArtefact): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const variant of variantsOf(scored.files)) notes.push(await noteOn(scoring, scored, variant));
  return notes;
}

async function noteOn({ model, context }: ScoringContext, scored: ScoredArtefact, variant: VariantName) {
  const predictor = await model.predictor(filesOfVariant(scored.files, variant));
  try {
    const tables = [];
    for (const { data } of scored.parts) tables.push(await model.score(predictor, data, context));
    const { metric, difference, interval } = model.compare(concatTables(tables), poolScores(scored.parts), 'champion', context); // prettier-ignore
    return `variant ${variant}: ${metric} ${signed(difference)} (${signed(interval.low)} to ${signed(interval.high)}) against the usual one on the same rows`;
  } finally {
    await predictor.close();
  }
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
