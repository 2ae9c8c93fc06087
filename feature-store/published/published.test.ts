import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DescribedView, FeatureView } from '../../contracts/feature-view.js';
import { projectRoot } from '../../platform/project.js';
import { definedViews, featureViews, findView } from '../definitions/index.js';
import { publishedFile, publishNew } from './compare-hashes.js';
import { GOLDEN_CUSTOMERS, GOLDEN_MOMENTS, goldenTables } from './golden-customers.js';
import { hashesOf } from './view-hashes.js';

const file = publishedFile.parse(
  JSON.parse(readFileSync(join(projectRoot, 'feature-store/published/published.json'), 'utf8')),
);
const view = featureViews[0]!;

describe('published definitions', () => {
  it('are defined and computed as published; a change needs a new version, which `npm run gen` publishes', () => {
    expect(publishNew(file, definedViews)).toEqual(file);
  });

  it('refuse a changed unit under one version', () => {
    const fields = view.fields.map((field, i) => (i === 0 ? { ...field, unit: 'share' as const } : field));
    expect(() => publishNew(file, [{ ...view, fields }])).toThrow(
      'user-financials@1 is published, but the code has changed its fields, columns or time to live; undo that, or keep ' +
        'user-financials@1 among the former views and define the change as user-financials@2',
    );
  });

  it('refuse a changed computation whose declaration is the same', () => {
    const prepare: FeatureView['prepare'] = (tables) => {
      const compute = view.prepare(tables);
      return (entityId, asOf) => compute(entityId, asOf).map((value, i) => (i === 3 ? value * (1 + 2 ** -50) : value));
    };
    expect(() => publishNew(file, [{ ...view, prepare }])).toThrow(
      'user-financials@1 is published, but the code has changed the values that it computes;',
    );
  });

  it('let owner and description change, and add a version that is not published', () => {
    const next = { ...view, version: 2 };
    const described: DescribedView = { ...view, owner: 'another team', description: 'Other words.' };
    expect(publishNew(file, [described])).toEqual(file);
    expect(publishNew(file, [view, next])).toEqual({ ...file, 'user-financials@2': hashesOf(next) });
  });
});

describe('golden customers', () => {
  it.each(definedViews.map((each) => [each.name, each] as const))('make every field of %s vary', (_name, each) => {
    const compute = each.prepare(goldenTables());
    const rows = GOLDEN_MOMENTS.flatMap((asOf) => GOLDEN_CUSTOMERS.map((id) => compute(id, asOf)));
    const constant = each.fields.filter((_, i) => new Set(rows.map((row) => row[i])).size === 1);
    expect(constant.map(({ name }) => name)).toEqual([]);
  });
});

describe('findView', () => {
  it('finds the newest version by name and any by name and version', () => {
    const former = { ...view, version: 1 };
    const newest = { ...view, version: 2 };
    expect(findView('user-financials', [newest, former])).toBe(newest);
    expect(findView('user-financials@1', [newest, former])).toBe(former);
  });

  it.each(['user-financials@3', 'user-financial', 'user-financials@', 'user-financials@01'])('refuses %s', (wanted) => {
    expect(() => findView(wanted)).toThrow(expect.objectContaining({ code: 'VIEW_NOT_FOUND' }));
  });
});
