import type { BenchmarkContext, BenchmarkRow } from '../report/suite.js';
import { frozenSection, multiSection, scratchSection, tunedSection } from './intent/accuracy.js';
import { activeSection } from './intent/active.js';
import { robustSection } from './intent/robust.js';

const sections: Readonly<Record<string, (context: BenchmarkContext) => Promise<BenchmarkRow[]>>> = {
  'intent-scratch': scratchSection,
  'intent-multi': multiSection,
  'intent-active': activeSection,
  'intent-robust': robustSection,
  'intent-frozen': frozenSection,
  'intent-tuned': tunedSection,
};

/** The intent classifier on public data; the encoder tiers need ENCODER_PATH, the peers python3 with scikit-learn. */
export async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const [name, section] of Object.entries(sections))
    if (context.wants(name)) rows.push(...(await section(context)));
  return rows;
}
