import { describe, expect, it } from 'vitest';
import type { Stage } from '../contracts/ids.js';
import type { VersionRecord } from '../contracts/registry.js';
import { missingVersion, type MissingVersion } from './missing-version.js';

const record = (line: string, version: string, stage: Stage): VersionRecord =>
  ({ modelName: 'm', line, version, stage }) as VersionRecord;

const messageOf = async (wanted: Omit<MissingVersion, 'modelName'>, versions: readonly VersionRecord[]) => {
  const registry = { listVersions: () => Promise.resolve([...versions]) };
  const fault = await missingVersion(registry, { modelName: 'm', ...wanted });
  expect(fault).toMatchObject({ code: 'VERSION_NOT_FOUND', details: { line: wanted.line } });
  return fault.message;
};

describe('the message for a version that is not there', () => {
  const taiwan = record('taiwan', '1.0.0', 'dev');
  const synthetic = record('synthetic', '1.0.0', 'staging');

  it('names the nearest line and all lines with versions', async () => {
    const message = await messageOf({ line: 'taiwn' }, [synthetic, taiwan]);
    expect(message).toBe(
      'm (line taiwn) has no version; did you mean --line taiwan? lines with versions: synthetic, taiwan',
    );
    expect(await messageOf({ line: 'default' }, [taiwan])).toBe(
      'm (line default) has no version in production or staging; lines with versions: taiwan',
    );
    expect(await messageOf({ line: 'taiwan' }, [])).toBe('m (line taiwan) has no version; none is registered yet');
  });

  it('says how the newest version is asked', async () => {
    const newest = record('synthetic', '1.0.2', 'dev');
    const archived = record('synthetic', '1.0.3', 'archived');
    expect(await messageOf({ line: 'synthetic' }, [archived, newest])).toMatch(
      /1\.0\.2 in dev: ask it with --stage dev$/,
    );
    expect(await messageOf({ line: 'synthetic' }, [archived])).toMatch(/every version of the line is archived$/);
    const numbered = { line: 'synthetic', version: '9.0.0' };
    expect(await messageOf(numbered, [newest])).toBe(
      'm (line synthetic) has no version 9.0.0; the newest is 1.0.2 in dev',
    );
  });

  it('asks for no stage that the line can never have', async () => {
    const message = await messageOf({ line: 'taiwan', stage: 'staging' }, [taiwan]);
    expect(message).toMatch(/no version in staging; .* in dev, where this line stays; leave --stage out$/);
    expect(await messageOf({ line: 'taiwan' }, [record('taiwan', '1.0.0', 'archived')])).not.toMatch(/staging/);
  });
});
