import type { AnswerCoverage } from '../../inference/answer.js';
import type { Output } from '../output/output.js';

/** Names of missing inputs that are printed; `--json` has all of them. */
const MOST_NAMES = 12;

function listed({ missing, unseen = [] }: AnswerCoverage): string {
  const names = missing.map((name) => (unseen.includes(name) ? `${name} (a word that training has not seen)` : name));
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Says which inputs an answer was made without, or why there is none; nothing when all were known. */
export function printCoverage(out: Pick<Output, 'line' | 'paint'>, coverage: AnswerCoverage): void {
  const { missing, inputs, fewestKnown, abstained } = coverage;
  if (missing.length === 0) return;
  const of = `${missing.length} of ${inputs} inputs`;
  const known = inputs - missing.length;
  out.line(
    abstained
      ? `no answer: ${known} of ${inputs} inputs are known, wanted at least ${fewestKnown}; missing: ${listed(coverage)}`
      : out.paint.dim(`answered without ${of}: ${listed(coverage)}`),
  );
}
