import { describe, expect, it } from 'vitest';
import { backendTables } from '../../../contracts/backend.js';
import { renderTemplate } from './template.js';
import { tableSpecs } from './tables.js';

describe('renderTemplate', () => {
  const sql = renderTemplate();

  it.each(backendTables)('has the view of %s with every column', (name) => {
    const [, view = ''] = sql.split(`create view backend.${name} as\n`);
    const select = view.slice(0, view.indexOf(`from app.${name};`));
    for (const column of tableSpecs[name].columns)
      expect(select).toMatch(new RegExp(`^  (.* as )?(else .* end as )?${column.name},?( |$)`, 'm'));
  });

  it('maps every category of every closed list', () => {
    for (const { columns } of Object.values(tableSpecs))
      for (const { categories = [] } of columns)
        for (const word of categories) expect(sql).toContain(`when '${word}' then '${word}'`);
  });

  it('casts no moment, which would read it by the zone of the session', () => {
    expect(sql).not.toMatch(/::timestamptz as/);
  });

  it('has only the views asked for, without rows where there is nothing', () => {
    const part = renderTemplate({ only: ['loans', 'users'], empty: ['loans'] });
    expect(part.match(/create view backend\.\w+/g)).toEqual(['create view backend.loans', 'create view backend.users']);
    expect(part).toContain('null::timestamptz as defaulted_at\nwhere false;');
    expect(part).toContain('create index on app.users');
    expect(part).not.toContain('app.loans');
    expect(renderTemplate({ only: ['loans'], empty: ['loans'] })).not.toContain('create index');
  });
});
