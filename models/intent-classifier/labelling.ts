import { z } from 'zod';
import type { LabelSuggestion, LearnedNames, MessageLabelling } from '../../contracts/labelling.js';
import { joinLabels, parseLabels } from './data/label-set.js';
import { readText } from '../../learning/artefact/index.js';
import { decision } from './prediction/decision.js';

/** What of the answer decides how informative a label would be. */
const answered = z.object({
  confidence: z.number(),
  intents: z.array(z.object({ intent: z.string() })),
  candidates: z.array(z.object({ intent: z.string(), probability: z.number() })),
});

/** With one intent a message its lead over the second counts, with several the confidence of the whole list. */
function suggest(output: unknown, { multiLabel }: Pick<LearnedNames, 'multiLabel'>): LabelSuggestion {
  const { confidence, intents, candidates } = answered.parse(output);
  if (multiLabel) {
    const suggestion = joinLabels(intents.map(({ intent }) => intent));
    return { suggestion, second: '', confidence, margin: confidence };
  }
  const [first, second] = candidates;
  return {
    suggestion: first?.intent ?? '',
    second: second?.intent ?? '',
    confidence,
    margin: (first?.probability ?? 0) - (second?.probability ?? 0),
  };
}

/** People label whole messages with intents. */
export const labelling: MessageLabelling = {
  kind: 'messages',
  parseLabel: parseLabels,
  readLearned(files) {
    const { classes, several } = readText(files, 'decision.json', (text) => decision.parse(JSON.parse(text)));
    return { names: classes, multiLabel: several };
  },
  suggest,
};
