import { describe, expect, it } from 'vitest';
import type { MaterializeFeaturesResult } from '../../contracts/materialisation.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { reportMaterialisation } from './materialize.js';

const completed: MaterializeFeaturesResult = {
  ...{ status: 'completed', source: 'backend', line: 'default', snapshotHash: 'ab'.repeat(32) },
  views: [{ name: 'credit-risk', version: 1, asOf: Date.UTC(2026, 10, 1), computed: 1_200 }],
  ...{ notes: ['credit-risk@1: every entity'], buckets: 2, unchangedBuckets: 1, onlineStore: 'redis' },
};

function reported(result: MaterializeFeaturesResult) {
  let text = '';
  let exit: number | null = null;
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
  const cli = { out, exitWith: (code: number) => void (exit = code) };
  reportMaterialisation(cli as unknown as CliContext, 'features-1', result);
  return { text, exit };
}

describe('reportMaterialisation', () => {
  it('prints what was computed and where it was written', () => {
    const { text, exit } = reported(completed);
    expect(exit).toBe(0);
    expect(text).toMatch(/credit-risk@1 +2026-11-01T00:00 +1,200\n/);
    const read = 'snapshot abababababab of backend, 2 of 3 buckets computed';
    expect(text).toContain(`${read}; written to the offline store and redis\ncredit-risk@1: every entity`);
    expect(reported({ ...completed, onlineStore: null }).text).toContain('; written to the offline store\n');
  });

  it('says that nothing was written where no bucket had to be computed', () => {
    const { text } = reported({ ...completed, buckets: 0, unchangedBuckets: 3 });
    expect(text).toContain('0 of 3 buckets computed; nothing to write\n');
  });

  it('ends with 3 and the reasons when the rows were rejected', () => {
    const { text, exit } = reported({
      status: 'rejected',
      ...{ source: 'backend', snapshotHash: 'ab'.repeat(32), reasons: ['no rows'] },
    });
    expect(exit).toBe(3);
    expect(text).toMatch(/were rejected, so no feature was computed:\n {2}no rows\n/);
  });
});
