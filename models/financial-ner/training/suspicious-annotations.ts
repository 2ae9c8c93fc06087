import type { TrainingData } from '../../../contracts/dataset.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import { asSpans, calibratedConfidence, tokenise, type Span } from '../../../learning/text/sequence-tagging/index.js';
import type { ConfidentSpan } from '../data/annotations.js';
import { prepareTask } from './train.js';
import type { Example } from '../data/examples.js';
import { params } from '../params.js';
import { crfSettings } from './engine.js';
import { crossValidateCrf } from './scratch-engine.js';

/** A text whose annotations are probably wrong. */
export interface Suspicion {
  readonly example: Example;
  /** Confidence, 0 to 1, of an out-of-fold model in another annotation. */
  readonly doubt: number;
  /** The strongest disagreement in one phrase. */
  readonly finding: string;
  /** The model's annotation. */
  readonly suggestion: readonly Span[];
}

/** Weight of an annotation that the model does not find; lower than that of a contradicting entity. */
const MISSED_DOUBT = 0.6;

const same = (a: Span, b: Span): boolean => a.type === b.type && a.start === b.start && a.end === b.end;
const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

interface Disagreement {
  readonly doubt: number;
  readonly finding: string;
}

function doubtInFound(span: ConfidentSpan, annotated: readonly Span[]): Disagreement | null {
  if (annotated.some((other) => same(other, span))) return null;
  const near = annotated.find((other) => overlap(other, span));
  if (!near) return { doubt: span.confidence, finding: `${span.type} not annotated` };
  const finding = near.type === span.type ? `${span.type} cut otherwise` : `${near.type} or ${span.type}`;
  return { doubt: span.confidence, finding };
}

function doubtInAnnotated(span: Span, found: readonly ConfidentSpan[], highestConfidence: number): Disagreement | null {
  if (found.some((other) => overlap(other, span))) return null;
  // Weighted by the model's highest confidence in this text.
  return { doubt: MISSED_DOUBT * highestConfidence, finding: `${span.type} looks like plain text` };
}

/** The strongest disagreement of annotations and out-of-fold entities of one text; null when they agree. */
export function disagreement(annotated: readonly Span[], found: readonly ConfidentSpan[]): Disagreement | null {
  const highestConfidence = found.reduce((most, { confidence }) => Math.max(most, confidence), 0.5);
  const all = [
    ...found.map((span) => doubtInFound(span, annotated)),
    ...annotated.map((span) => doubtInAnnotated(span, found, highestConfidence)),
  ].filter((one) => one !== null);
  return all.reduce<Disagreement | null>(
    (strongest, one) => (strongest && strongest.doubt >= one.doubt ? strongest : one),
    null,
  );
}

/**
 * The texts whose annotations are most likely wrong, most doubtful first: each text is tagged by a model fitted without
 * its group, and its confidence in another annotation is the doubt (confident learning, Northcutt et al. 2021, applied
 * to spans). Deterministic given the seed.
 * @throws PipelineError as `train`.
 */
export async function reviewAnnotations(
  context: ComputeContext,
  data: TrainingData,
  count: number,
): Promise<Suspicion[]> {
  const settings = params.parse({ swaps: 0 });
  const task = prepareTask(data, settings);
  const { entities, calibration } = await crossValidateCrf(context, task, crfSettings(settings, 0));
  const suspicions = task.examples.flatMap((example, i): Suspicion[] => {
    const spans = asSpans(tokenise(example.text, task.tokeniser), entities[i]!);
    const found = spans.map((span, k) => ({
      ...span,
      confidence: calibratedConfidence(calibration, entities[i]![k]!.margin),
    }));
    const strongest = disagreement(example.spans, found);
    return strongest ? [{ example, ...strongest, suggestion: spans }] : [];
  });
  return suspicions.sort((a, b) => b.doubt - a.doubt || a.example.row - b.example.row).slice(0, count);
}
