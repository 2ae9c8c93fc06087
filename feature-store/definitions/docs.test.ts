import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../platform/project.js';
import { featureViews } from './index.js';

const text = readFileSync(join(projectRoot, 'docs/features.md'), 'utf8');
const rowsOf = (heading: string): string[] => {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return section.split('\n').filter((line) => line.startsWith('| `'));
};

describe('docs/features.md', () => {
  it.each(featureViews.map((view) => [view.name, view] as const))('lists the fields of %s in order', (name, view) => {
    const expected = view.fields.map((field) => `| \`${field.name}\` | ${field.unit} | ${field.description} |`);
    expect(rowsOf(`\`${name}\` version ${view.version}`)).toEqual(expected);
  });
});
