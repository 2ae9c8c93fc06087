import type { RenderedCard } from '../model-cards/card-input.js';
import { toHtml } from '../model-cards/html.js';
import { toMarkdown } from '../model-cards/markdown.js';
import { reportDocument } from './report-document.js';
import type { ReportFacts } from './report-facts.js';

/** Renders the report of a retraining. Equal facts give equal bytes. */
export async function renderReport(facts: ReportFacts): Promise<RenderedCard> {
  const document = reportDocument(facts);
  return { markdown: toMarkdown(document), html: await toHtml(document) };
}
