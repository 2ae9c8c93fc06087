import type { IntentPredictor, Message } from '../prediction/predictor.js';

/** Maximum number of intents with a sample message. */
const MAXIMUM_INTENTS = 6;

/** Requests for the smoke test, made from the intents' names; none is a customer's message. */
export function sampleInputs({ decision: { classes } }: IntentPredictor): Message[] {
  const step = Math.max(1, Math.floor(classes.length / MAXIMUM_INTENTS));
  const named = classes.filter((_, k) => k % step === 0).slice(0, MAXIMUM_INTENTS);
  const texts = named.map((name) => `please help me with ${name.replace(/[_\W]+/g, ' ')}`);
  return [...texts, 'Qué 🙂 ₹500?', 'zzz'].map((text) => ({ text }));
}
