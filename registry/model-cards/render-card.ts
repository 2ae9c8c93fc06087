import { cardDocument } from './card-document.js';
import type { CardInput, RenderedCard } from './card-input.js';
import { toHtml } from './html.js';
import { toMarkdown } from './markdown.js';

/**
 * Renders one run's model card, the same way for every model. Deterministic: equal facts give equal bytes.
 * Drawing a plot takes about 0.1 s of CPU: call it in a child process.
 * @throws PipelineError `INTERNAL` naming a plot that cannot be drawn.
 */
export async function renderCard(facts: CardInput): Promise<RenderedCard> {
  const document = cardDocument(facts);
  return { markdown: toMarkdown(document), html: await toHtml(document) };
}
