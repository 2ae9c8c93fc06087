import type { IntentPredictor, Message } from '../prediction/predictor.js';

/** Intents whose names are made into sample messages; the smoke test needs a handful. */
const MOST = 6;

/** Requests for the smoke test: invented from the intents' names, never a customer's message. */
export function sampleInputs({ decision: { classes } }: IntentPredictor): Message[] {
  const step = Math.max(1, Math.floor(classes.length / MOST));
  const named = classes.filter((_, k) => k % step === 0).slice(0, MOST);
  const texts = named.map((name) => `please help me with ${name.replace(/[_\W]+/g, ' ')}`);
  return [...texts, 'Qué 🙂 ₹500?', 'zzz'].map((text) => ({ text }));
}
