import { z } from 'zod';
import type { LabelSuggestion, LearnedNames, MessageLabelling } from '../../contracts/labelling.js';
import { isOutOfScope, joinLabels, parseLabels } from './data/label-set.js';
import { readText } from '../../learning/artefact/index.js';
import { decision } from './prediction/decision.js';

/** What of the answer decides how informative a label would be. */
const answered = z.object({
  confidence: z.number().nullable(),
  intents: z.array(z.object({ intent: z.string() })),
  classes: z.array(z.object({ intent: z.string(), probability: z.number() })),
});

type Answered = z.infer<typeof answered>;

/** The lead of the most probable intent over the second; a rejected message has no confidence of its own. */
function suggestOne({ confidence, classes }: Answered): LabelSuggestion {
  const [first = { intent: '', probability: 0 }, second = { intent: '', probability: 0 }] = classes;
  return {
    suggestion: first.intent,
    second: second.intent,
    confidence: confidence ?? first.probability,
    margin: first.probability - second.probability,
  };
}

/** With one intent a message its lead over the second counts, with several the confidence of the whole list. */
function suggest(output: unknown, { multiLabel }: Pick<LearnedNames, 'multiLabel'>): LabelSuggestion {
  const found = answered.parse(output);
  if (!multiLabel) return suggestOne(found);
  const confidence = found.confidence ?? 0;
  const suggestion = joinLabels(found.intents.map(({ intent }) => intent));
  return { suggestion, second: '', confidence, margin: confidence };
}

/** People label whole messages with intents. */
export const labelling: MessageLabelling = {
  kind: 'messages',
  parseLabel: parseLabels,
  isOutOfScope,
  readLearned(files) {
    const { classes, several } = readText(files, 'decision.json', (text) => decision.parse(JSON.parse(text)));
    return { names: classes, multiLabel: several };
  },
  suggest,
};
