import type { Answer } from './answer.js';

const percent = (probability: number): string => {
  if (probability < 0.01) return 'under 1 %';
  return probability > 0.99 ? 'over 99 %' : `${Math.round(100 * probability)} %`;
};

const listed = (intents: Answer['intents']): string =>
  intents.map(({ intent, probability }) => `${intent} (${percent(probability)})`).join(', ');

/** Why a message is rejected. The probabilities of the nearest intent hold among the known intents only. */
function rejected({ classes, outOfScope, intentsPerMessage }: Omit<Answer, 'summary'>): string {
  const [nearest] = classes;
  if (intentsPerMessage === 'several') return `None of the known intents; the nearest is ${listed([nearest!])}.`;
  const { score, threshold } = outOfScope;
  const reason =
    threshold !== null && score > threshold
      ? `out-of-scope score ${score.toFixed(2)} is above the threshold ${threshold.toFixed(2)}`
      : 'out of scope is more probable than any intent';
  return `Not answered: ${reason}. Were it one of the known intents, ${nearest!.intent} would be the nearest.`;
}

function accepted({ intents, confidence, classes, intentsPerMessage }: Omit<Answer, 'summary'>): string {
  if (intentsPerMessage === 'several') return `${listed(intents)}; the list is right with ${percent(confidence!)}.`;
  const second = classes[1];
  const next = second === undefined ? '' : `; next ${listed([second])}`;
  return `${listed(intents)}${next}.`;
}

/** The answer in a sentence, and a second one where the version cannot find several intents. */
export function summarise(found: Omit<Answer, 'summary'>): string {
  const sentence = found.outOfScope.rejected ? rejected(found) : accepted(found);
  return found.intentsPerMessage === 'several' ? sentence : `${sentence} This version knows one intent per message.`;
}
