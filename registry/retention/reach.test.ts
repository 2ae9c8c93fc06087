import { describe, expect, it } from 'vitest';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { createMemoryBlobStore } from '../../tests/support/memory-step-log.js';
import { reachableBlobs } from './reach.js';

describe('reachableBlobs', () => {
  async function store() {
    const blobs = createMemoryBlobStore();
    const stored = new Map<string, unknown>();
    const gets: string[] = [];
    return {
      blobs,
      stored,
      gets,
      counting: { get: (hash: string) => (gets.push(hash), blobs.get(hash)) },
      text: async (content: string) => {
        const { hash } = await blobs.put(new TextEncoder().encode(content));
        stored.set(hash, null);
        return hash;
      },
      json: async (value: unknown) => {
        const { hash } = await putJsonBlob(blobs, value);
        stored.set(hash, null);
        return hash;
      },
    };
  }

  it('follows manifests, does not read parts, and does not keep the parent of a snapshot', async () => {
    const { text, json, stored, counting, gets } = await store();
    const [part, old, rows] = [await text('PAR1 new'), await text('PAR1 old'), await text('PAR1 rows')];
    const parent = await json({ kind: 'snapshot', parent: null, tables: [{ parts: [{ hash: old, bytes: 8 }] }] });
    const snapshot = await json({ kind: 'snapshot', parent, tables: [{ parts: [{ hash: part, bytes: 8 }] }] });
    const dataset = await json({ kind: 'dataset', ref: { origin: { snapshotHash: snapshot } }, data: { hash: rows } });
    const evaluation = await json({ kind: 'evaluation', text: `scored ${dataset} twice` });
    const reached = await reachableBlobs(counting, [evaluation, sha256('not stored')], stored);
    expect([...reached].sort()).toEqual([evaluation, dataset, snapshot, part, rows].sort());
    expect(gets.sort()).toEqual([evaluation, dataset, snapshot].sort());
  });

  it('ends at what is not JSON, damaged, or refers to itself', async () => {
    const { text, json, blobs, stored } = await store();
    const page = await text(`<a href="${sha256('x')}">`);
    const brace = await text('{ not json');
    const gone = await json({ gone: true });
    const document = await json({ gone, page, brace });
    stored.set(document, null);
    blobs.lose(gone);
    expect(await reachableBlobs(blobs, [document], stored)).toEqual(new Set([document, gone, page, brace]));
  });
});
