import { describe, expect, it } from 'vitest';
import { backfillResult } from '../../contracts/backfill.js';
import { reproduceRunResult } from '../../contracts/reproduction.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { reportBackfill } from './backfill.js';
import { reportReproduction } from './reproduce.js';

/** What a command prints, and with which code it ends. */
function printed(command: (cli: CliContext) => void): { text: string; code: number | null } {
  let text = '';
  let code: number | null = null;
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
  command({ out, exitWith: (given: number) => void (code = given) } as unknown as CliContext);
  return { text, code };
}

const hash = (digit: string): string => digit.repeat(64);

describe('ml runs reproduce', () => {
  const result = reproduceRunResult.parse({
    ...{ status: 'reproduced', workflowId: 'retraining/credit', modelName: 'credit-risk-scorer', line: 'default' },
    ...{ recorded: hash('a'), found: hash('a'), files: [], reasons: [] },
    inputs: [
      { name: 'snapshot', recorded: hash('b'), now: hash('b'), same: true },
      { name: 'code', recorded: hash('c'), now: hash('d'), same: false },
    ],
  });

  it('says that the artefact is the same, and which input differs all the same', () => {
    const { text, code } = printed((cli) => reportReproduction(cli, result));
    expect(text).toContain('the same artefact, aaaaaaaaaaaa then, aaaaaaaaaaaa now');
    expect(text).toMatch(/code +c{12} +d{12} +differs/);
    expect(text).toMatch(/snapshot +b{12} +b{12} *\n/);
    expect(code).toBe(0);
  });

  it('ends with 1 and the reasons when another artefact came of it', () => {
    const differs = { ...result, status: 'differs' as const, found: hash('e'), reasons: ['model.onnx differs'] };
    const { text, code } = printed((cli) => reportReproduction(cli, differs));
    expect(text).toContain('NOT reproduced');
    expect(text).toContain('model.onnx differs');
    expect(code).toBe(1);
  });
});

describe('ml schedule backfill', () => {
  const week = { workflowId: 'backfill-1', asOf: '2026-10-05T03:00:00.000Z', snapshotHash: hash('a') };
  const weeks = [
    { ...week, status: 'completed', findings: ['credit-risk-scorer: registered 1.0.1'] },
    { ...week, status: 'failed', snapshotHash: null, findings: ['INTERNAL: it broke'] },
  ];
  const result = (ended: 'completed' | 'failed', from: number) =>
    backfillResult.parse({ source: 'generated', line: 'synthetic', status: ended, weeks: weeks.slice(0, from) });

  it('tells each week, and ends with 1 when one failed', () => {
    const { text, code } = printed((cli) => reportBackfill(cli, 'backfill', result('failed', 2)));
    expect(text).toMatch(/2026-10-05T03:00 +completed +a{12} +credit-risk-scorer: registered 1\.0\.1/);
    expect(text).toMatch(/2026-10-05T03:00 +failed +– +INTERNAL: it broke/);
    expect(code).toBe(1);
    expect(printed((cli) => reportBackfill(cli, 'backfill', result('completed', 1))).code).toBe(0);
  });
});
