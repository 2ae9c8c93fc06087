import { describe, expect, it } from 'vitest';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { listRuns } from './run-search-view.js';

/** Lists runs where there is none. */
async function listed(filter: { readonly model?: string; readonly where?: string }): Promise<string> {
  let text = '';
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
  const runBook = { search: () => Promise.resolve({ runs: [], more: false }) };
  const connect = () =>
    Promise.resolve({ services: { runBook, registry: {} }, temporal: () => Promise.reject(new Error('not asked')) });
  await listRuns({ out, connect } as unknown as CliContext, { limit: 20, ...filter });
  return text;
}

describe('listRuns', () => {
  it('tells a model without runs from one that does not exist', async () => {
    expect(await listed({ model: 'credit-risk-scorer' })).toBe('No run fulfils this.\n');
    await expect(listed({ model: 'nope' })).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
  });

  it('names the command that starts a run only where none was sought', async () => {
    expect(await listed({})).toMatch(/^No run yet/);
    expect(await listed({ where: "decision = 'rejected'" })).toBe('No run fulfils this.\n');
  });
});
