import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { resultFile } from './result-file.js';

describe('resultFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'result-file-'));
  const path = join(folder, 'results.jsonl');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('measures a part once, whatever the number of runs, and half a line again', async () => {
    const measure = vi.fn(() => Promise.resolve({ accuracy: 0.5 }));
    expect(await resultFile(path)('one', measure)).toEqual({ accuracy: 0.5 });
    appendFileSync(path, '\n{"key":"two","va');
    expect(await resultFile(path)('one', measure)).toEqual({ accuracy: 0.5 });
    expect(measure).toHaveBeenCalledTimes(1);
    await resultFile(path)('two', measure);
    expect(measure).toHaveBeenCalledTimes(2);
    expect(await resultFile(path)('two', measure)).toEqual({ accuracy: 0.5 });
    expect(measure).toHaveBeenCalledTimes(2);
  });

  it('keeps no null, and nothing without a file', async () => {
    const measure = vi.fn(() => Promise.resolve(null));
    await resultFile(path)('absent', measure);
    await resultFile(path)('absent', measure);
    const once = resultFile(null);
    await once('a', measure);
    await once('a', measure);
    expect(measure).toHaveBeenCalledTimes(4);
  });
});
