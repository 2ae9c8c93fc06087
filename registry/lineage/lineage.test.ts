import { describe, expect, it } from 'vitest';
import type { MaterialisedView } from '../../contracts/feature-log.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { VersionRecord } from '../../contracts/registry.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import { type LineageFacts, traceLineage, type VersionFacts } from './lineage.js';
import { renderMermaid } from './mermaid.js';

const hash = (digit: string): string => digit.repeat(64);
const snapshot = {
  asOf: Date.UTC(2026, 10, 1),
  tables: [
    { table: 'transactions', queryHash: hash('a'), rows: 1_200 },
    { table: 'chat_messages', queryHash: hash('b'), rows: 9 },
  ],
} as unknown as SnapshotManifest;
const view = { name: 'debts', version: 2, tables: ['transactions'], fields: [{}, {}] } as unknown as FeatureView;
const record = (version: string, origin: object): VersionRecord =>
  ({
    ...{ modelName: 'scorer', line: 'default', version, stage: 'staging', artefactHash: hash('c') },
    dataset: { hash: hash('d'), rows: 40, origin },
  }) as unknown as VersionRecord;
const trained: VersionFacts = {
  record: record('1.0.0', { kind: 'snapshot', snapshotHash: hash('e'), source: 'backend' }),
  reads: [
    { kind: 'feature-view', name: 'debts', version: 2 },
    { kind: 'feature-view', name: 'habits', version: 1 },
    { kind: 'state', name: 'history', version: 1 },
  ],
  snapshot,
};
const materialised = {
  ...{ source: 'backend', view: 'debts', version: 2, snapshotHash: hash('e'), featureSetHash: hash('f') },
  ...{ eventTime: Date.UTC(2026, 10, 1, 6, 30), entities: 7 },
} as MaterialisedView;
const facts = (given: Partial<LineageFacts>): LineageFacts => ({
  ...{ versions: [], online: [], views: [view], only: null },
  ...given,
});
const arrows = (given: Partial<LineageFacts>): string[] => {
  const { nodes, edges } = traceLineage(facts(given));
  const nameOf = (id: string): string => {
    const { kind, name } = nodes.find((node) => node.id === id)!;
    return `${kind} ${name}`;
  };
  return edges.map(({ from, to }) => `${nameOf(from)} > ${nameOf(to)}`);
};

describe('traceLineage', () => {
  it('leads from queries over snapshot, views and rows to the version', () => {
    expect(arrows({ versions: [trained] })).toEqual([
      'dataset rows of scorer > version scorer 1.0.0',
      'query transactions > snapshot snapshot',
      'query chat_messages > snapshot snapshot',
      'snapshot snapshot > dataset rows of scorer',
      'snapshot snapshot > view debts@2',
      'view debts@2 > dataset rows of scorer',
      'snapshot snapshot > view habits@1',
      'view habits@1 > dataset rows of scorer',
    ]);
  });

  it('of one view has its tables, its own edges and what is online', () => {
    const online = [{ materialised, snapshot }];
    expect(arrows({ versions: [trained], online, only: 'debts@2' })).toEqual([
      'dataset rows of scorer > version scorer 1.0.0',
      'query transactions > snapshot snapshot',
      'snapshot snapshot > view debts@2',
      'view debts@2 > dataset rows of scorer',
      'view debts@2 > online online debts@2',
    ]);
  });

  it('says what is not recorded or no longer stored', () => {
    const { notes } = traceLineage(
      facts({
        versions: [
          { ...trained, snapshot: null },
          { ...trained, reads: null },
        ],
      }),
    );
    expect(notes).toEqual([
      'snapshot eeeeeeeeeeee is no longer stored; its queries are not known',
      'habits@1 is no longer defined; which tables it read is not known',
      'scorer 1.0.0 recorded no feature views',
    ]);
  });

  it('leads from a file to its version', () => {
    const origin = { kind: 'file', fileHash: hash('9'), fileName: 'loans.csv', format: 'csv' };
    expect(arrows({ versions: [{ record: record('2.0.0', origin), reads: [], snapshot: null }] })).toEqual([
      'dataset rows of scorer > version scorer 2.0.0',
      'file loans.csv > dataset rows of scorer',
    ]);
  });
});

describe('renderMermaid', () => {
  it('draws one box a node and one arrow an edge, with quotes as entity codes', () => {
    const origin = { kind: 'file', fileHash: hash('9'), fileName: 'a "b".csv', format: 'csv' };
    const lineage = traceLineage(facts({ versions: [{ record: record('2.0.0', origin), reads: [], snapshot: null }] }));
    expect(renderMermaid(lineage).split('\n')).toEqual([
      'flowchart LR',
      '  n1(["scorer 2.0.0, cccccccccccc, line default, staging"])',
      '  n2[("rows of scorer, dddddddddddd, 40 rows")]',
      '  n3["a #quot;b#quot;.csv, 999999999999, csv"]',
      '  n2 --> n1',
      '  n3 --> n2',
    ]);
  });
});
