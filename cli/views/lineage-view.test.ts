import { describe, expect, it } from 'vitest';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { type LineageOptions, showLineage } from './lineage-view.js';

/** Runs the command where nothing was ever trained or materialised. */
async function shown(what: string, options: LineageOptions = {}): Promise<string> {
  let text = '';
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
  const registry = { listVersions: () => Promise.resolve([]) };
  const featureLog = { listMaterialisations: () => Promise.resolve([]) };
  const connect = () => Promise.resolve({ services: { registry, featureLog, blobs: {} } });
  await showLineage({ out, connect } as unknown as CliContext, what, options);
  return text;
}

describe('showLineage', () => {
  it('says that nothing is recorded of a model that was never trained', async () => {
    expect(await shown('credit-risk-scorer')).toMatch(/^Nothing is recorded of credit-risk-scorer yet/);
  });

  it.each([
    [{ line: 'nope' }, 'credit-risk-scorer (line nope) has no version that is not archived'],
    [{ modelVersion: '9.9.9' }, 'credit-risk-scorer has no version 9.9.9'],
    [{ line: 'taiwan', modelVersion: '9.9.9' }, 'credit-risk-scorer (line taiwan) has no version 9.9.9'],
  ])('refuses a line or version that there is not: %o', async (options, message) => {
    await expect(shown('credit-risk-scorer', options)).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND', message });
  });

  it('refuses what is neither a view nor a model, and a version of a view', async () => {
    const known = expect.stringContaining('user-financials@1, credit-risk@1, anomaly-detector') as string;
    await expect(shown('nope')).rejects.toMatchObject({ code: 'VIEW_NOT_FOUND', message: known });
    const version = shown('user-financials', { modelVersion: '1.0.0' });
    await expect(version).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
