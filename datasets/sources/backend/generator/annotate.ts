import type { Random } from '../../../../learning/numeric/random/index.js';
import type { Customer, TrueSpan } from './customer.js';
import { difficulty } from './difficulty.js';
import { chance, pick } from './draws.js';

/** A text to annotate, with its true spans. */
export interface AnnotationTask {
  readonly message_id: string | null;
  readonly transaction_id: string | null;
  readonly text_group: string | null;
  readonly text: string;
  readonly spans: readonly TrueSpan[];
  readonly at: number;
}

const types = ['AMOUNT', 'DATE', 'MERCHANT', 'ACCOUNT', 'PERSON', 'CATEGORY', 'ORG'];

/** The annotator's version of a span: mostly correct, sometimes omitted (null), truncated or of a wrong type. */
function asAnnotated(random: Random, span: TrueSpan, text: string): TrueSpan | null {
  const { spanForgotten, spanMiscut, spanMistyped } = difficulty.text;
  if (chance(random, spanForgotten)) return null;
  if (chance(random, spanMistyped)) return { ...span, type: pick(random, types) };
  if (!chance(random, spanMiscut)) return span;
  const space = text.slice(span.start, span.end).lastIndexOf(' ');
  return space > 0 ? { ...span, end: span.start + space } : span;
}

/** Adds the annotation rows of one text, with annotator errors; the offsets are always inside the text. */
export function annotate(random: Random, customer: Customer, task: AnnotationTask): void {
  const { entity_annotations: rows } = customer.rows;
  for (const trueSpan of task.spans) {
    const span = asAnnotated(random, trueSpan, task.text);
    if (span === null || task.at >= customer.end) continue;
    rows.push({
      id: `${customer.profile.id}-e${String(rows.length + 1).padStart(4, '0')}`,
      message_id: task.message_id,
      transaction_id: task.transaction_id,
      start_offset: span.start,
      end_offset: span.end,
      entity_type: span.type,
      text: task.text.slice(span.start, span.end),
      text_group: task.text_group,
      annotated_at: task.at,
    });
  }
}
