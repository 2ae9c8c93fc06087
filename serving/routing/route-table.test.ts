import { describe, expect, it } from 'vitest';
import type { Stage } from '../../contracts/ids.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { findRoute, type Route, type RouteWish } from './route-table.js';

const route = (line: string, version: string, stage: Stage, source: string | null = 'generated'): Route =>
  ({
    record: {
      ...{ modelName: 'm', line, version, stage },
      dataset: { origin: source === null ? { kind: 'file' } : { kind: 'snapshot', source } },
    } as unknown as VersionRecord,
  }) as Route;

const routes = [
  route('synthetic', '1.0.2', 'staging'),
  route('synthetic', '1.0.1', 'production'),
  route('taiwan', '1.0.0', 'dev', null),
];
const versionFor = (wish: RouteWish, sourceInUse: string | null = 'generated'): string =>
  findRoute({ routes, sourceInUse }, 'm', wish).record.version;

describe('findRoute', () => {
  it.each([
    [{}, '1.0.1'],
    [{ stage: 'staging' as const }, '1.0.2'],
    [{ version: '1.0.2' }, '1.0.2'],
    [{ line: 'taiwan' }, '1.0.0'],
  ])('chooses by %j', (wish, version) => expect(versionFor(wish)).toBe(version));

  it.each([
    [{ stage: 'dev' as const }, 'has no version in dev'],
    [{ version: '9.0.0' }, 'has no version 9.0.0 that the API serves'],
    [{ version: '1.0.2', stage: 'production' as const }, 'has no version 1.0.2 in production'],
    [{ line: 'berka' }, 'm (line berka) has no version that the API serves'],
  ])('refuses %j, saying what was wanted', (wish, message) =>
    expect(() => versionFor(wish)).toThrow(
      expect.objectContaining({ code: 'VERSION_NOT_FOUND', message: expect.stringContaining(message) as string }),
    ),
  );

  it('refuses with SOURCE_MISMATCH when only versions of another source could answer', () => {
    expect(() => versionFor({}, 'backend')).toThrow(
      expect.objectContaining({
        code: 'SOURCE_MISMATCH',
        details: { modelName: 'm', version: '1.0.2', line: 'synthetic', source: 'generated', inUse: 'backend' },
      }),
    );
  });

  it('says that nothing answers yet where no version exists, or only those of files', () => {
    for (const known of [[], [route('taiwan', '1.0.0', 'dev', null)]])
      expect(() => findRoute({ routes: known, sourceInUse: null }, 'm', {})).toThrow(
        expect.objectContaining({ code: 'VERSION_NOT_FOUND' }),
      );
  });
});
