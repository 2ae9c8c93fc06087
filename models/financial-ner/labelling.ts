import type { AnnotatedText, SpanLabelling, SuspiciousText } from '../../contracts/labelling.js';
import type { ComputeContext } from '../../contracts/model-definition.js';
import { readSpans, requireType, writeSpans } from './data/annotations.js';
import { nerJson } from './data/formats/ner-json.js';
import { identifierTypes } from './prediction/identifier-types.js';
import { decodeDecoding } from '../../learning/text/sequence-tagging/index.js';
import { textTable } from './data/text-table.js';
import { reviewAnnotations } from './training/suspicious-annotations.js';

async function findSuspicious(
  context: ComputeContext,
  texts: readonly AnnotatedText[],
  count: number,
): Promise<SuspiciousText[]> {
  const data = { schema: nerJson.schema, table: textTable(texts) };
  const found = await reviewAnnotations(context, data, count);
  return found.map(({ example, finding, doubt, suggestion }) => ({
    id: texts[example.row]!.id,
    finding,
    doubt,
    suggestion,
  }));
}

/** People annotate messages with typed spans. */
export const labelling: SpanLabelling = {
  kind: 'spans',
  readTypes: (files) => [...new Set([...decodeDecoding(files).set.types, ...identifierTypes])],
  readSpans: (cell, row) =>
    readSpans(cell, row).map(({ type, start, end }) => ({ type: requireType(type, { row: row + 1 }), start, end })),
  writeSpans,
  findSuspicious,
};
