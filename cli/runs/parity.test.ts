import { describe, expect, it } from 'vitest';
import type { ParityResult } from '../../contracts/feature-parity.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { reportParity } from './parity.js';

const sound: ParityResult = {
  ...{ status: 'sound', source: 'backend', since: '2026-11-30T01:00:00Z', until: '2026-12-01T01:00:00Z', answers: 9 },
  views: [{ view: 'credit-risk', version: 1, compared: 9, differing: 0, worst: null, findings: [] }],
  notCompared: [{ reason: 'the snapshot was removed', reads: 2 }],
};
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const differs: ParityResult = {
  ...sound,
  status: 'differs',
  views: [
    {
      ...{ view: 'credit-risk', version: 2, compared: 9, differing: 3, worst: 0.123 },
      findings: [
        {
          ...{ cause: 'default', reads: 2, finding: '0 stands for unknown' },
          columns: names.map((name) => ({ name, reads: 2, worst: null })),
          examples: [{ predictionId: 'p-1', at: '2026-11-30T02:00:00Z', entityHash: 'h' }],
        },
        { cause: 'stale', reads: 1, finding: 'a newer value was written', columns: [], examples: [] },
      ],
    },
  ],
};

function reported(result: ParityResult, json = false) {
  let text = '';
  let exit: number | null = null;
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json, verbose: false, terminal: { NO_COLOR: '1' } });
  const cli = { out, exitWith: (code: number) => void (exit = code) };
  reportParity(cli as unknown as CliContext, 'feature-parity-1', result);
  return { text, exit };
}

describe('reportParity', () => {
  it('ends with 0 and says which reads were not compared when all others are equal', () => {
    const { text, exit } = reported(sound);
    expect(exit).toBe(0);
    expect(text).toContain('9 answers that read features, 2026-11-30 01:00 to 2026-12-01 01:00 UTC: every read');
    expect(text).toMatch(/credit-risk@1 +9 +0 +–/);
    expect(text).toContain('2 reads not compared: the snapshot was removed');
  });

  it('ends with 1 and names cause, columns and an answer when reads differ', () => {
    const { text, exit } = reported(differs);
    expect(exit).toBe(1);
    expect(text).toContain('reads DIFFER');
    expect(text).toMatch(/credit-risk@2 +9 +3 +0\.12\n/);
    expect(text).toMatch(/default +2 +0 stands for unknown +a, b, c, d, e, f and 2 others +p-1/);
    expect(text).toMatch(/stale +1 +a newer value was written/);
  });

  it('ends with 0 when nothing could be compared', () => {
    const { text, exit } = reported({ ...sound, status: 'undecided', views: [], notCompared: [] });
    expect(exit).toBe(0);
    expect(text).toContain('nothing could be compared');
    expect(text.trim().split('\n')).toHaveLength(1);
  });

  it('prints the result of the run as one document', () => {
    expect(JSON.parse(reported(differs, true).text)).toEqual({ workflowId: 'feature-parity-1', ...differs });
  });
});
