import { beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotTables } from '../contracts/backend.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import type { Table } from '../contracts/table.js';
import { selectRows } from '../learning/table.js';
import { loadCatalogue } from '../models/catalogue.js';
import { generatedTables } from '../tests/support/generated-tables.js';
import { assessModel, type SourceRows } from './assess-source.js';

let models: readonly ModelDefinition[];
let rows: SourceRows;
beforeAll(async () => {
  models = await loadCatalogue();
  const { tables, asOf } = generatedTables({ users: 60, months: 20, seed: 5 });
  rows = { source: 'backend', tables, asOf, cut: [] };
});

const modelOf = (name: string): ModelDefinition => models.find((model) => model.name === name)!;
const assess = (name: string, change: Partial<SourceRows> = {}) => assessModel(modelOf(name), { ...rows, ...change });
const withTables = (tables: SnapshotTables): Partial<SourceRows> => ({ tables: { ...rows.tables, ...tables } });
const firstRows = (table: Table, count: number): Table => selectRows(table, [...Array(count).keys()]);

describe('assessModel', () => {
  it('finds enough for every model in generated rows, with the counts of a run', () => {
    for (const model of models) {
      const found = assessModel(model, rows);
      expect(found).toMatchObject({ learns: 'yes', findings: [], atLeast: false });
      const { table } = model.backend.rows(rows.tables, rows);
      expect(found.rows).toBe(table.rowCount);
      expect(found.labelled).toBeLessThanOrEqual(found.rows!);
    }
  });

  it('counts the labels of classes', () => {
    const { labels, rows: all, labelled } = assess('credit-risk-scorer');
    expect(Object.keys(labels).sort()).toEqual(['0', '1']);
    expect(labels['0']! + labels['1']!).toBe(labelled);
    expect(labelled).toBeLessThan(all!); // declined applications have none
  });

  it('names the tables that a model lacks', () => {
    const { credit_applications: applications } = rows.tables;
    const empty = assess('credit-risk-scorer', withTables({ credit_applications: firstRows(applications!, 0) }));
    expect(empty).toMatchObject({ learns: 'no', rows: null, findings: ['no rows in credit_applications'] });
    const others = Object.fromEntries(Object.entries(rows.tables).filter(([name]) => name !== 'chat_messages'));
    const unread = assess('intent-classifier', { tables: others });
    expect(unread).toMatchObject({ learns: 'unknown', findings: ['chat_messages could not be read'] });
  });

  it('says how many rows there are and how many are needed, unless more may follow', () => {
    const few = withTables({ chat_messages: firstRows(rows.tables.chat_messages!, 20) });
    expect(assess('intent-classifier', few)).toMatchObject({
      learns: 'no',
      findings: [expect.stringMatching(/^\d+ rows, wanted at least 60$/)],
    });
    const cut = assess('intent-classifier', { ...few, cut: ['chat_messages'] });
    expect(cut).toMatchObject({ learns: 'unknown', atLeast: true });
  });

  it('refuses labels of one class, as training would', () => {
    const messages = rows.tables.chat_messages!;
    const intent = { kind: 'text', values: Array<string>(messages.rowCount).fill('block_card') } as const;
    const one = { ...messages, columns: { ...messages.columns, intent } };
    expect(assess('intent-classifier', withTables({ chat_messages: one }))).toMatchObject({
      learns: 'no',
      findings: ['all labels are the same, so there is nothing to learn'],
    });
  });

  it("reports the model's own expectations", () => {
    const transactions = rows.tables.transactions!;
    const amounts = transactions.columns.amount!.values as Float64Array;
    const amount = { kind: 'number', values: amounts.map(Math.abs) } as const;
    const unsigned = { ...transactions, columns: { ...transactions.columns, amount } };
    const { learns, findings } = assess('spending-predictor', withTables({ transactions: unsigned }));
    expect(learns).toBe('no');
    expect(findings).toEqual([expect.stringContaining('money goes out')]);
  });
});
