import { z } from 'zod';
import { canonicalJson } from '../../../contracts/canonical-json.js';
import type { TrainContext } from '../../../contracts/model-definition.js';
import { callerStateIn, type FineTuningContext } from '../../../learning/text/encoder/index.js';
import { murmur3 } from '../../../learning/numeric/hash/murmur.js';
import { decision, type Decision } from '../prediction/decision.js';
import type { PreparedData } from '../data/examples.js';
import type { IntentParams } from '../params.js';

/*
 * A training that refits on all messages fits twice: first without the validation messages, on which the decision is
 * chosen, then on all. The checkpoints of the second fit carry the decision, so that a restart does not repeat the
 * first. Classes are omitted, because there may be thousands.
 */
const storedDecision = decision.omit({ classes: true }).extend({ training: z.string() });

/** Hash of everything that the decision depends on except the encoder. */
function fingerprintOf(prepared: PreparedData, params: IntentParams, seed: number): string {
  const { folds, outOfScopeValidation } = prepared;
  const text = canonicalJson([params, seed, folds, outOfScopeValidation]);
  return murmur3(new TextEncoder().encode(text), 1).toString(16);
}

/** Inputs of a training that identify its decision. */
export interface DecisionKey {
  readonly prepared: PreparedData;
  readonly params: IntentParams;
}

/** Reads the decision from the checkpoint of an interrupted attempt of the same training. @returns null without one. */
export async function loadDecision(
  { checkpoint, seed }: TrainContext,
  { prepared, params }: DecisionKey,
): Promise<Decision | null> {
  const bytes = await checkpoint.load();
  const stored = bytes === null ? null : callerStateIn(bytes);
  if (stored === null) return null;
  const { training, ...settings } = storedDecision.parse(JSON.parse(stored));
  return training === fingerprintOf(prepared, params, seed) ? { ...settings, classes: [...prepared.classes] } : null;
}

/** A context whose checkpoints carry the decision. */
export function withDecision(
  context: TrainContext,
  { prepared, params }: DecisionKey,
  settings: Decision,
): FineTuningContext & TrainContext {
  const training = fingerprintOf(prepared, params, context.seed);
  const stored = storedDecision.strip().parse({ ...settings, training });
  return { ...context, callerState: canonicalJson(stored) };
}
