import type { Predictor } from '../../contracts/model-definition.js';
import type { NerPredictor } from './predictor.js';
import type { NerAnswer, NerRequest } from './request.js';

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/**
 * Why each entity was found: the features of its words that weigh most for or against it. Null where the engine has no
 * feature weights (the fine-tuned encoder).
 */
export async function explain(predictor: Predictor<NerRequest, NerAnswer>, { text }: NerRequest): Promise<unknown> {
  const explained = await (predictor as NerPredictor).explain(text);
  if (explained === null) return { entities: null };
  return {
    entities: explained.map(({ entity, reasons }) => ({
      ...entity,
      reasons: reasons.map(({ token, feature, weight }) => ({ token, feature, weight: rounded(weight) })),
    })),
  };
}
