import { describe, expect, it } from 'vitest';
import { sketchOf } from '../../learning/numeric/statistics/quantile-sketch.js';
import type { FeatureStatistics } from '../../monitoring/features/statistics-log.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { percent, showViewDays, viewDays } from './feature-days-view.js';

const field = (values: readonly number[], missing: number, outOfRange: number | null = null) => ({
  ...{ missing, outOfRange, distinct: new Set(values).size, sketch: sketchOf(Float64Array.from(values)) },
});
const day = (name: string, fields: FeatureStatistics['fields']): FeatureStatistics => ({
  ...{ source: 'backend', view: 'user-financials', version: 1, day: name, entities: 2_000 },
  ...{ eventTime: Date.UTC(2026, 11, 1), writtenAt: Date.UTC(2026, 11, 1), fields },
});
const many = Array.from({ length: 1_500 }, (_, i) => i + 1);
const days = [
  day('2026-11-30', { spread: field(many, 500, 0), same: field([7, 7], 1_998), gone: field([], 2_000) }),
  day('2026-12-01', { spread: field(many, 1_000, 10), same: field([7, 7], 1_998), gone: field([], 2_000) }),
];

async function shown(view: string, { list = days, json = false } = {}): Promise<string> {
  let text = '';
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json, verbose: false, terminal: { NO_COLOR: '1' } });
  const services = { featureStatistics: { list: () => Promise.resolve(list) } };
  const cli = { out, connect: () => Promise.resolve({ services }) };
  await showViewDays(cli as unknown as CliContext, { view, source: 'backend', days: 14 });
  return text;
}

describe('showViewDays', () => {
  it('prints the fields of the newest day with their course and remarks', async () => {
    const text = await shown('user-financials');
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).toBe(
      'user-financials@1 of source backend, 2026-11-30 to 2026-12-01: 2,000 entities on the last day',
    );
    expect(lines[2]).toMatch(/^spread +50\.0 % +▅█ +1\.0 % +▁█ +1,500 +/);
    expect(lines[3]).toMatch(/^same +99\.9 % +██ +– +·· +1 +7(\.\d+)? +7(\.\d+)? +7(\.\d+)? +constant$/);
    expect(lines[4]).toMatch(/^gone +100\.0 % +██ +– +·· +0 +– +– +– +never known$/);
    expect(await shown('user-financials', { list: days.slice(1) })).toContain(', 2026-12-01: 2,000 entities');
  });

  it('prints one document', async () => {
    const document = JSON.parse(await shown('user-financials@1', { json: true })) as Record<string, unknown>;
    expect(document).toMatchObject({ view: 'user-financials', version: 1, day: '2026-12-01', entities: 2_000 });
    expect(document['fields']).toHaveLength(3);
  });

  it('says that nothing is recorded yet, and refuses a view that is not defined', async () => {
    expect(await shown('credit-risk')).toContain('no statistics of credit-risk@1 in source backend yet');
    expect(JSON.parse(await shown('credit-risk', { json: true }))).toMatchObject({ view: 'credit-risk', fields: [] });
    await expect(shown('nope')).rejects.toMatchObject({ code: 'VIEW_NOT_FOUND' });
  });
});

describe('viewDays', () => {
  it('has the shares of the newest day and all days of a view', () => {
    const found = viewDays(days).get('user-financials@1')!;
    expect(found.missingRate).toBeCloseTo((1_000 + 1_998 + 2_000) / 6_000);
    expect(found.outOfRange).toBe(10);
    expect(found.days.map((each) => each.day)).toEqual(['2026-11-30', '2026-12-01']);
  });
});

it('percent prints a share, and a dash where there is none', () => {
  expect([percent(0.052), percent(null)]).toEqual(['5.2 %', '–']);
});
