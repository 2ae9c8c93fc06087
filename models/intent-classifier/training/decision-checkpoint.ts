import { z } from 'zod';
import { canonicalJson } from '../../../contracts/canonical-json.js';
import type { TrainContext } from '../../../contracts/model-definition.js';
import { memoIn } from '../../../learning/text/encoder/index.js';
import { murmur3 } from '../../../learning/numeric/hash/murmur.js';
import { decision, type Decision } from '../prediction/decision.js';
import type { Prepared } from '../data/examples.js';
import type { IntentParams } from '../params.js';

/*
 * Where a training learns twice (first without its validation messages, to decide on them, then from all), a process
 * killed in the second one must not begin with the first again: the second one's checkpoints carry the decision.
 * Classes are left out of it, for there may be thousands.
 */
const memo = decision.omit({ classes: true }).extend({ training: z.string() });

/** Names a training by all its decision depends on beside the encoder. */
function nameOf({ fit, validation, strangers }: Prepared, params: IntentParams, seed: number): string {
  const text = canonicalJson([params, seed, fit, validation, strangers]);
  return murmur3(new TextEncoder().encode(text), 1).toString(16);
}

/** What `train` works from. */
export interface DecidedOn {
  readonly prepared: Prepared;
  readonly params: IntentParams;
}

/** @returns the decision that an interrupted attempt of the same training had made, or null. */
export async function recallDecision(
  { checkpoint, seed }: TrainContext,
  { prepared, params }: DecidedOn,
): Promise<Decision | null> {
  const bytes = await checkpoint.load();
  const found = bytes === null ? null : memoIn(bytes);
  if (found === null) return null;
  const { training, ...settings } = memo.parse(JSON.parse(found));
  return training === nameOf(prepared, params, seed) ? { ...settings, classes: [...prepared.classes] } : null;
}

/** A context whose checkpoints carry the decision. */
export function rememberDecision(
  context: TrainContext,
  { prepared, params }: DecidedOn,
  settings: Decision,
): TrainContext & { readonly memo: string } {
  const kept = memo.strip().parse({ ...settings, training: nameOf(prepared, params, context.seed) });
  return { ...context, memo: canonicalJson(kept) };
}
