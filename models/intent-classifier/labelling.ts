import { z } from 'zod';
import type { LabelSuggestion, LearnedNames, MessageLabelling } from '../../contracts/labelling.js';
import { joinLabels, parseLabels } from './data/label-set.js';
import { readText } from '../../learning/artefact/index.js';
import { decision } from './prediction/decision.js';

/** What of the answer decides how informative a label would be. */
const answered = z.object({
  confidence: z.number().nullable(),
  intents: z.array(z.object({ intent: z.string() })),
  classes: z.array(z.object({ intent: z.string(), probability: z.number() })),
});

/** With one intent a message its lead over the second counts, with several the confidence of the whole list. */
function suggest(output: unknown, { multiLabel }: Pick<LearnedNames, 'multiLabel'>): LabelSuggestion {
  const { confidence: answerConfidence, intents, classes } = answered.parse(output);
  const [first, second] = classes;
  const confidence = answerConfidence ?? first?.probability ?? 0;
  if (multiLabel) {
    const suggestion = joinLabels(intents.map(({ intent }) => intent));
    return { suggestion, second: '', confidence, margin: confidence };
  }
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
