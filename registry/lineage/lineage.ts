import type { MaterialisedView } from '../../contracts/feature-log.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import type { VersionRecord } from '../../contracts/registry.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import type { DataVersion } from '../artefacts.js';

/** Something that was made of others, or from which others were made. */
export interface LineageNode {
  /** Unique in the lineage. */
  readonly id: string;
  readonly kind: 'query' | 'snapshot' | 'file' | 'view' | 'online' | 'dataset' | 'version';
  readonly name: string;
  /** sha256 of the SQL, the content or the artefact; null for what has none. */
  readonly hash: string | null;
  /** Rows, moment or stage, for people. */
  readonly detail: string;
}

/** `to` was made of `from`. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
}

export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** What is not recorded, or no longer stored. */
  readonly notes: readonly string[];
}

/** A version with what its manifests record. */
export interface VersionFacts {
  readonly record: VersionRecord;
  /** From the artefact's manifest; null: the artefact is no longer stored, or is older than this record. */
  readonly reads: readonly DataVersion[] | null;
  /** Of its training rows; null for a file, and when it is no longer stored. */
  readonly snapshot: SnapshotManifest | null;
}

/** A view that was written to the online store, with the snapshot it was computed from. */
export interface OnlineFacts {
  readonly materialised: MaterialisedView;
  readonly snapshot: SnapshotManifest | null;
}

export interface LineageFacts {
  readonly versions: readonly VersionFacts[];
  readonly online: readonly OnlineFacts[];
  /** Every version of every view that is defined, for the tables that each reads. */
  readonly views: readonly FeatureView[];
  /** The one view that is asked about; null: all that are read. */
  readonly only: string | null;
}

const minute = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 16)}Z`;

class Graph {
  readonly nodes = new Map<string, LineageNode>();
  readonly edges = new Map<string, LineageEdge>();
  readonly notes = new Set<string>();

  add(node: LineageNode): string {
    this.nodes.set(node.id, node);
    return node.id;
  }

  connect(from: string, to: string): void {
    this.edges.set(`${from} ${to}`, { from, to });
  }
}

/** The snapshot with the queries of its tables. @param tables - those that matter; null: all. */
function addSnapshot(
  graph: Graph,
  { hash, source }: { readonly hash: string; readonly source: string },
  manifest: SnapshotManifest | null,
  tables: readonly string[] | null,
): string {
  const detail = manifest === null ? `source ${source}` : `source ${source}, as of ${minute(manifest.asOf)}`;
  const id = graph.add({ id: `snapshot:${hash}`, kind: 'snapshot', name: 'snapshot', hash, detail });
  if (manifest === null)
    graph.notes.add(`snapshot ${hash.slice(0, 12)} is no longer stored; its queries are not known`);
  for (const { table, queryHash, rows } of manifest?.tables ?? []) {
    if (tables !== null && !tables.includes(table)) continue;
    const counted = `${rows.toLocaleString('en-US')} rows`;
    const query = { id: `query:${table}:${queryHash}:${hash}`, kind: 'query', name: table, hash: queryHash } as const;
    graph.connect(graph.add({ ...query, detail: counted }), id);
  }
  return id;
}

const addView = (graph: Graph, { views }: LineageFacts, reference: string): string => {
  const view = views.find((each) => referenceOf(each) === reference);
  if (view === undefined) graph.notes.add(`${reference} is no longer defined; which tables it read is not known`);
  const detail = view === undefined ? 'no longer defined' : `${view.fields.length} fields`;
  return graph.add({ id: `view:${reference}`, kind: 'view', name: reference, hash: null, detail });
};

/** Tables that a lineage is about; null: all of a snapshot. */
function tablesOf({ only, views }: LineageFacts): readonly string[] | null {
  if (only === null) return null;
  return [...new Set(views.filter((view) => referenceOf(view) === only).flatMap((view) => view.tables))];
}

function addVersion(graph: Graph, facts: LineageFacts, { record, reads, snapshot }: VersionFacts): void {
  const { modelName, line, version, stage, artefactHash, dataset } = record;
  const name = `${modelName} ${version}`;
  const made = graph.add({
    ...{ id: `version:${modelName}:${line}:${version}`, kind: 'version', name, hash: artefactHash },
    detail: `line ${line}, ${stage}`,
  });
  const rows = graph.add({
    ...{ id: `dataset:${dataset.hash}`, kind: 'dataset', name: `rows of ${modelName}`, hash: dataset.hash },
    detail: `${dataset.rows.toLocaleString('en-US')} rows`,
  });
  graph.connect(rows, made);
  if (dataset.origin.kind === 'file') {
    const { fileHash: hash, fileName, format } = dataset.origin;
    graph.connect(graph.add({ id: `file:${hash}`, kind: 'file', name: fileName, hash, detail: format }), rows);
    return;
  }
  const { snapshotHash: hash, source } = dataset.origin;
  const from = addSnapshot(graph, { hash, source }, snapshot, tablesOf(facts));
  if (facts.only === null) graph.connect(from, rows);
  if (reads === null) graph.notes.add(`${name} recorded no feature views`);
  for (const read of reads ?? []) {
    const reference = referenceOf(read);
    if (read.kind !== 'feature-view' || (facts.only !== null && reference !== facts.only)) continue;
    const view = addView(graph, facts, reference);
    graph.connect(from, view);
    graph.connect(view, rows);
  }
}

function addOnline(graph: Graph, facts: LineageFacts, { materialised, snapshot }: OnlineFacts): void {
  const { source, snapshotHash, featureSetHash, eventTime, entities } = materialised;
  const reference = referenceOf({ name: materialised.view, version: materialised.version });
  if (facts.only !== null && reference !== facts.only) return;
  const from = addSnapshot(graph, { hash: snapshotHash, source }, snapshot, tablesOf(facts));
  const view = addView(graph, facts, reference);
  const store = graph.add({
    ...{ id: `online:${source}:${reference}`, kind: 'online', name: `online ${reference}`, hash: featureSetHash },
    detail: `${entities.toLocaleString('en-US')} entities of ${source}, as of ${minute(eventTime)}`,
  });
  graph.connect(from, view);
  graph.connect(view, store);
}

/** What versions and stored values were made of, as far as it is recorded: queries first. Pure. */
export function traceLineage(facts: LineageFacts): Lineage {
  const graph = new Graph();
  for (const version of facts.versions) addVersion(graph, facts, version);
  for (const online of facts.online) addOnline(graph, facts, online);
  return { nodes: [...graph.nodes.values()], edges: [...graph.edges.values()], notes: [...graph.notes] };
}
