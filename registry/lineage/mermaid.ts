import type { Lineage, LineageNode } from './lineage.js';

const shapes: Readonly<Record<LineageNode['kind'], readonly [open: string, close: string]>> = {
  query: ['[', ']'],
  snapshot: ['[(', ')]'],
  file: ['[', ']'],
  view: ['{{', '}}'],
  online: ['[(', ')]'],
  dataset: ['[(', ')]'],
  version: ['([', '])'],
};

/** A text in quotes; Mermaid reads entity codes. */
const quoted = (text: string): string =>
  `"${text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;')}"`;

const labelOf = ({ kind, name, hash, detail }: LineageNode): string =>
  [kind === 'query' ? `query of ${name}` : name, ...(hash === null ? [] : [hash.slice(0, 12)]), detail].join(', ');

/** The lineage as a Mermaid flowchart, from left to right. */
export function renderMermaid({ nodes, edges }: Lineage): string {
  const ids = new Map(nodes.map(({ id }, i) => [id, `n${i + 1}`]));
  const boxes = nodes.map((node) => {
    const [open, close] = shapes[node.kind];
    return `  ${ids.get(node.id)!}${open}${quoted(labelOf(node))}${close}`;
  });
  const arrows = edges.map(({ from, to }) => `  ${ids.get(from)!} --> ${ids.get(to)!}`);
  return ['flowchart LR', ...boxes, ...arrows].join('\n');
}
