import { spanProbability } from './candidates.js';
import { marginOf } from './confidence.js';
import { calibratedConfidence } from './cross-validation.js';
import { forwardBackward, type ChainModel } from './forward-backward.js';
import { touchedTokens } from './labels.js';
import { lattice } from './lattice.js';
import type { Tagger } from './tagger.js';
import { tokenise, type Span } from './tokens.js';

/**
 * Calibrated probabilities that what a text has between the ends of each span is exactly one entity of its type, whether
 * or not the tagger would report it; 0 where no token is left there or the type is unknown.
 * @returns (texts, spans).
 */
export async function spanConfidences(
  { decoding, scores }: Tagger,
  texts: readonly string[],
  spans: readonly Span[],
): Promise<Float64Array[]> {
  const { set, steps, calibration, tokeniser } = decoding;
  const model: ChainModel = { set, lattice: lattice(set), steps };
  const tokens = texts.map((text) => tokenise(text, tokeniser));
  const found = await scores.score(tokens.map((list) => list.map((token) => token.text)));
  return tokens.map((list, i) => {
    if (list.length === 0) return new Float64Array(spans.length);
    const chain = forwardBackward(model, found[i]!, list.length);
    return Float64Array.from(spans, (span) => {
      const { first, last } = touchedTokens(list, span);
      if (first < 0 || !set.types.includes(span.type)) return 0;
      return calibratedConfidence(calibration, marginOf(spanProbability(chain, { type: span.type, first, last })));
    });
  });
}
