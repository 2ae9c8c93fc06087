import type { Output } from '../output/output.js';

/** A reason with its text, as every model that ranks reasons gives it. */
interface WordedReason {
  readonly text: string;
  /** A whole sentence, where `text` is only its subject. */
  readonly sentence?: string;
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
  const words = item.sentence ?? item.text;
  return item.contribution === undefined ? words : `${words} (${signed(item.contribution)})`;
}

/** True when every list of the explanation is empty: there is nothing to print. */
const isEmpty = (explanation: unknown): boolean =>
  typeof explanation === 'object' &&
  explanation !== null &&
  Object.values(explanation).every((value) => Array.isArray(value) && value.length === 0);

const unitOf = (explanation: object): string => {
  const { contributionUnit: unit } = explanation as { contributionUnit?: unknown };
  return typeof unit === 'string' ? ` (${unit})` : '';
};

/**
 * Prints an explanation for people: every list of sentences under its name, numbered; an explanation without sentences
 * as JSON. `--json` prints all of it.
 */
export function printExplanation(out: Pick<Output, 'line'>, explanation: unknown): void {
  if (isEmpty(explanation)) return;
  const asObject = typeof explanation === 'object' && explanation !== null ? explanation : {};
  const lists = sentenceLists(asObject);
  if (lists.length === 0) out.line(JSON.stringify(explanation));
  for (const [name, items] of lists) {
    const counted = items.some((item) => typeof item !== 'string' && item.contribution !== undefined);
    out.line(`  ${name}${counted ? unitOf(asObject) : ''}:`);
    items.forEach((item, i) => out.line(`    ${i + 1}. ${sentence(item)}`));
  }
}
