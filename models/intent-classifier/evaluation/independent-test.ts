import type { Metric, Slice } from '../../../contracts/evaluation.js';
import type { ComputeContext, FixedTestResult } from '../../../contracts/model-definition.js';
import { proportion } from '../../../learning/evaluation/metrics/index.js';
import { predictInBatches } from '../../../learning/evaluation/predict-in-batches.js';
import { isOutOfScope } from '../data/label-set.js';
import type { IntentPredictor } from '../prediction/predictor.js';

/** Phrases by origin and intent. Never train, tune or choose anything on them: docs/intent-classifier.md says how. */
type Phrases = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

interface Counts {
  readonly inScope: number;
  readonly accepted: number;
  readonly right: number;
  readonly outOfScope: number;
  readonly rejected: number;
}

const zero: Counts = { inScope: 0, accepted: 0, right: 0, outOfScope: 0, rejected: 0 };

const add = (a: Counts, b: Counts): Counts => ({
  inScope: a.inScope + b.inScope,
  accepted: a.accepted + b.accepted,
  right: a.right + b.right,
  outOfScope: a.outOfScope + b.outOfScope,
  rejected: a.rejected + b.rejected,
});

async function loadPhrases(): Promise<Phrases> {
  const { default: file } = await import('./independent-phrases.json', { with: { type: 'json' } });
  return file.phrases;
}

/** Counts of the answers to phrases of one intent. */
function countAnswers(intent: string, answers: readonly { readonly intent: string }[]): Counts {
  const accepted = answers.filter((answer) => !isOutOfScope(answer.intent)).length;
  if (isOutOfScope(intent)) return { ...zero, outOfScope: answers.length, rejected: answers.length - accepted };
  const right = answers.filter((answer) => answer.intent === intent).length;
  return { ...zero, inScope: answers.length, accepted, right };
}

async function countOrigin(
  predictor: IntentPredictor,
  byIntent: Phrases[string],
  context: ComputeContext,
): Promise<Counts> {
  let counts = zero;
  for (const [intent, texts] of Object.entries(byIntent)) {
    const messages = texts.map((text) => ({ text }));
    counts = add(counts, countAnswers(intent, await predictInBatches(predictor, messages, context)));
  }
  return counts;
}

const none = 'no phrase of that kind';

/** Accepted phrases, right answers among them, and rejected phrases that are out of scope. */
const metricsOf = ({ inScope, accepted, right, outOfScope, rejected }: Counts): Metric[] => [
  proportion({ name: 'independentAccepted', hits: accepted, rows: inScope, none }),
  proportion({ name: 'independentAccuracy', hits: right, rows: accepted, none }),
  proportion({ name: 'independentRejected', hits: rejected, rows: outOfScope, none }),
];

const sliceOf = (origin: string, counts: Counts): Slice => ({
  name: `independent phrases: ${origin}`,
  metrics: metricsOf(counts).filter(({ value }) => value !== null),
});

/**
 * Answers to fixed test phrases, which were written without sight of the generator's templates, in totals by origin.
 * Measured where the version knows exactly one intent a message and all intents of the phrases: they are the intents of
 * the generated backend.
 */
export async function independentTest(predictor: IntentPredictor, context: ComputeContext): Promise<FixedTestResult> {
  const phrases = await loadPhrases();
  const known = new Set(predictor.decision.classes);
  const wanted = Object.values(phrases).flatMap((byIntent) => Object.keys(byIntent));
  if (predictor.decision.several || !wanted.every((intent) => isOutOfScope(intent) || known.has(intent)))
    return { metrics: [], slices: [], notes: [] };
  const counts: Counts[] = [];
  for (const byIntent of Object.values(phrases)) counts.push(await countOrigin(predictor, byIntent, context));
  const total = counts.reduce(add, zero);
  const origins = Object.keys(phrases);
  return {
    metrics: metricsOf(total),
    slices: origins.map((origin, i) => sliceOf(origin, counts[i]!)),
    notes: [`${total.inScope + total.outOfScope} independent phrases (${origins.join(', ')}) are a fixed second test`],
  };
}
