import type { TrainingData } from '../../../contracts/dataset.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import { asSpans, calibratedConfidence, tokenise, type Span } from '../../../learning/text/sequence-tagging/index.js';
import type { ConfidentSpan } from '../data/annotations.js';
import { prepareTask } from './train.js';
import type { Example } from '../data/examples.js';
import { params } from '../params.js';
import { crossValidateField } from './scratch-engine.js';

/** A text whose annotations are probably wrong. */
export interface Suspicion {
  readonly example: Example;
  /** How sure a model that did not see the text is of something else; 0 to 1. */
  readonly doubt: number;
  /** One sentence on the worst disagreement. */
  readonly finding: string;
  /** What the model would annotate. */
  readonly suggestion: readonly Span[];
}

/** Doubt in an annotation where the model finds nothing at all: it says less than a contradiction. */
const MISSED_DOUBT = 0.6;

const same = (a: Span, b: Span): boolean => a.type === b.type && a.start === b.start && a.end === b.end;
const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

interface Disagreement {
  readonly doubt: number;
  readonly finding: string;
}

function onFound(span: ConfidentSpan, annotated: readonly Span[]): Disagreement | null {
  if (annotated.some((other) => same(other, span))) return null;
  const near = annotated.find((other) => overlap(other, span));
  if (!near) return { doubt: span.confidence, finding: `${span.type} not annotated` };
  const finding = near.type === span.type ? `${span.type} cut otherwise` : `${near.type} or ${span.type}`;
  return { doubt: span.confidence, finding };
}

function onAnnotated(span: Span, found: readonly ConfidentSpan[], surest: number): Disagreement | null {
  if (found.some((other) => overlap(other, span))) return null;
  // A model that is unsure of everything else in the text has no say here.
  return { doubt: MISSED_DOUBT * surest, finding: `${span.type} looks like plain text` };
}

/** The worst disagreement of annotations and out-of-fold entities of one text; null when they agree. */
export function disagreement(annotated: readonly Span[], found: readonly ConfidentSpan[]): Disagreement | null {
  const surest = found.reduce((most, { confidence }) => Math.max(most, confidence), 0.5);
  const all = [
    ...found.map((span) => onFound(span, annotated)),
    ...annotated.map((span) => onAnnotated(span, found, surest)),
  ].filter((one) => one !== null);
  return all.reduce<Disagreement | null>((worst, one) => (worst && worst.doubt >= one.doubt ? worst : one), null);
}

/**
 * The texts whose annotations are most likely wrong, worst first: each text is tagged by a model that did not see its
 * group, and the more confident that model is of something else, the more suspicious the annotation (confident
 * learning's idea, Northcutt et al. 2021, on spans). Deterministic given the seed.
 * @throws PipelineError as training.
 */
export async function reviewAnnotations(
  context: ComputeContext,
  data: TrainingData,
  count: number,
): Promise<Suspicion[]> {
  const settings = params.parse({ swaps: 0 });
  const task = prepareTask(data, settings);
  const { iterations, l2, minimumCount } = settings;
  const { entities, calibration } = await crossValidateField(context, task, { iterations, l2, minimumCount, swaps: 0 });
  const suspicions = task.examples.flatMap((example, i): Suspicion[] => {
    const spans = asSpans(tokenise(example.text, task.tokeniser), entities[i]!);
    const found = spans.map((span, k) => ({
      ...span,
      confidence: calibratedConfidence(calibration, entities[i]![k]!.margin),
    }));
    const worst = disagreement(example.spans, found);
    return worst ? [{ example, ...worst, suggestion: spans }] : [];
  });
  return suspicions.sort((a, b) => b.doubt - a.doubt || a.example.row - b.example.row).slice(0, count);
}
