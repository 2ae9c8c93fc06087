import { describe, expect, it } from 'vitest';
import type { Stage } from '../contracts/ids.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import { requireAnsweringLine, type UnlinedRequest } from './choose-line.js';

const snapshotOf = (source: string) => ({ kind: 'snapshot', snapshotHash: 'a'.repeat(64), source });
const record = (line: string, version: string, stage: Stage, origin: object): VersionRecord =>
  ({
    modelName: 'm',
    line,
    version,
    stage,
    registeredAt: new Date(`2026-01-0${version.at(-1)!}`),
    dataset: { origin },
  }) as unknown as VersionRecord;

const lineFor = (
  versions: readonly VersionRecord[],
  source: string,
  request: Omit<UnlinedRequest, 'modelName'> = {},
) => {
  const inLine = (line: string) => versions.filter((version) => version.line === line);
  const registry = {
    listVersions: ({ line }: { readonly line?: string }) =>
      Promise.resolve([...(line === undefined ? versions : inLine(line))]),
    findChampion: (_: string, line: string) =>
      Promise.resolve(inLine(line).find(({ stage }) => stage === 'staging') ?? null),
  } as unknown as ModelRegistry;
  return requireAnsweringLine(registry, { modelName: 'm', ...request }, source);
};

describe('the line of a request that names none', () => {
  const synthetic = record('synthetic', '1.0.1', 'staging', snapshotOf('generated'));
  const own = record('default', '1.0.2', 'staging', snapshotOf('backend'));
  const ofFile = record('taiwan', '1.0.3', 'dev', { kind: 'file', fileName: 'taiwan.csv' });

  it('is that of the source in use', async () => {
    expect(await lineFor([synthetic, own], 'backend')).toBe('default');
    expect(await lineFor([synthetic, own], 'generated')).toBe('synthetic');
  });

  it('is refused with SOURCE_MISMATCH when only a version of another source could answer', async () => {
    await expect(lineFor([synthetic, ofFile], 'backend')).rejects.toMatchObject({
      code: 'SOURCE_MISMATCH',
      message:
        'm 1.0.1 learned from the source generated, but backend is in use now; ' +
        'ask that version with --line synthetic, or train one on backend: ml train m',
      details: { version: '1.0.1', source: 'generated', inUse: 'backend', line: 'synthetic' },
    });
    await expect(lineFor([own], 'berka')).rejects.toMatchObject({ code: 'SOURCE_MISMATCH' });
  });

  it('is refused with VERSION_NOT_FOUND when no other source has a version that could answer', async () => {
    const archived = record('synthetic', '1.0.1', 'archived', snapshotOf('generated'));
    const inDev = record('default', '1.0.2', 'dev', snapshotOf('backend'));
    for (const versions of [[], [ofFile], [archived], [synthetic, inDev]])
      await expect(lineFor(versions, 'backend')).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
  });
});
