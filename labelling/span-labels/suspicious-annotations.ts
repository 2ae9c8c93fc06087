import type { AnnotatedText } from '../../contracts/labelling.js';
import type { ComputeContext } from '../../contracts/model-definition.js';
import { findLabelled } from '../find-labelled.js';
import type { ReviewedAnnotations } from '../reviews.js';

/** The messages whose annotations are most likely wrong, worst first. Trains several models. */
export async function findSuspicious(
  context: ComputeContext,
  messages: readonly AnnotatedText[],
  count: number,
): Promise<ReviewedAnnotations[]> {
  const { labelling } = await findLabelled('spans');
  const byId = new Map(messages.map((message) => [message.id, message]));
  const found = await labelling.findSuspicious(context, messages, count);
  return found.map(({ id, finding, doubt, suggestion }) => {
    const { text, spans } = byId.get(id)!;
    return {
      id,
      text,
      finding,
      doubt,
      suggestion: labelling.writeSpans(suggestion),
      entities: labelling.writeSpans(spans),
    };
  });
}
