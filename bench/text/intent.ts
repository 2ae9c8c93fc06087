import type { BenchmarkContext, BenchmarkRow } from '../report/suite.js';
import { frozenSection, multiSection, scratchSection } from './intent/accuracy.js';
import { activeSection } from './intent/active.js';
import { fewSection } from './intent/few.js';
import { fewFrozenSection } from './intent/few-frozen.js';
import { moreOutOfScopeSection } from './intent/more-out-of-scope.js';
import { reasonsSection } from './intent/reasons.js';
import { robustSection } from './intent/robust.js';
import { tunedSection } from './intent/tuned.js';

const sections: Readonly<Record<string, (context: BenchmarkContext) => Promise<BenchmarkRow[]>>> = {
  'intent-scratch': scratchSection,
  'intent-few': fewSection,
  'intent-few-frozen': fewFrozenSection,
  'intent-more-oos': moreOutOfScopeSection,
  'intent-multi': multiSection,
  'intent-active': activeSection,
  'intent-robust': robustSection,
  'intent-reasons': reasonsSection,
  'intent-frozen': frozenSection,
};

/** The intent classifier on public data; the encoder tiers need ENCODER_PATH, the peers python3 with scikit-learn. */
export async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const [name, section] of Object.entries(sections))
    if (context.wants(name)) rows.push(...(await section(context)));
  // A set of it can be asked for alone, so it asks itself.
  return [...rows, ...(await tunedSection(context))];
}
