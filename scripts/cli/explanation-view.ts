import type { Output } from './output.js';

/** A fact with its words: what every model that ranks reasons gives. */
interface WordedReason {
  readonly text: string;
  readonly contribution?: number;
}

const isWorded = (value: unknown): value is WordedReason =>
  typeof value === 'object' && value !== null && typeof (value as { text?: unknown }).text === 'string';

/** Lists that hold sentences, or facts with sentences. */
function sentenceLists(explanation: object): [string, readonly (WordedReason | string)[]][] {
  return Object.entries(explanation).flatMap(([name, value]): [string, (WordedReason | string)[]][] => {
    if (!Array.isArray(value) || value.length === 0) return [];
    const items: readonly unknown[] = value;
    return items.every((item) => isWorded(item) || typeof item === 'string')
      ? [[name, items as (WordedReason | string)[]]]
      : [];
  });
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

function sentence(item: WordedReason | string): string {
  if (typeof item === 'string') return item;
  return item.contribution === undefined ? item.text : `${item.text} (${signed(item.contribution)})`;
}

/**
 * Prints an explanation for people: every list of sentences under its name, numbered; an explanation without sentences
 * as JSON. `--json` prints all of it.
 */
export function printExplanation(out: Pick<Output, 'line'>, explanation: unknown): void {
  const lists = typeof explanation === 'object' && explanation !== null ? sentenceLists(explanation) : [];
  if (lists.length === 0) out.line(JSON.stringify(explanation));
  for (const [name, items] of lists) {
    out.line(`  ${name}:`);
    items.forEach((item, i) => out.line(`    ${i + 1}. ${sentence(item)}`));
  }
}
