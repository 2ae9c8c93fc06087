/** Entry of a process that extracts a table and kills itself on the way; `EXTRACT_ORDER` is a {@link DeadlyExtraction}. */
import pg from 'pg';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { openSealedBlobStore, openSealedCheckpointStore, sealingBy } from '../../platform/blobs/open.js';
import type { DeadlyExtraction } from './deadly-extraction.js';

const order = JSON.parse(process.env.EXTRACT_ORDER ?? '') as DeadlyExtraction;
const { databaseUrl, uri, home, source, asOf, dieAt } = order;
const sealing = sealingBy({ home, keyRingFile: null, blobEncryption: true });
const blobs = openSealedBlobStore(uri, home, sealing);
const store = openSealedCheckpointStore(uri, sealing);

let [pages, parts] = [0, 0];
const die = (): void => void process.kill(process.pid, 'SIGKILL');

const extracted = await extractTable({
  ...{ source, asOf, chunkRows: 40, buckets: 4, spec: tableSpecs.prediction_feedback },
  pool: new pg.Pool({ connectionString: databaseUrl }),
  signal: new AbortController().signal,
  checkpoints: {
    key: 'extract/feedback',
    store: {
      ...store,
      save(key, bytes) {
        if (key.includes('/page-') && dieAt?.what === 'page' && ++pages === dieAt.number) die();
        return store.save(key, bytes);
      },
    },
  },
  blobs: {
    ...{ put: (bytes) => blobs.put(bytes), get: (hash) => blobs.get(hash), has: (hash) => blobs.has(hash) },
    ...{ renew: (hash) => blobs.renew(hash), localPath: (hash) => blobs.localPath(hash), list: () => blobs.list() },
    removeOlder: (hash, before) => blobs.removeOlder(hash, before),
    putFile(path) {
      const stored = blobs.putFile(path);
      if (dieAt?.what === 'part' && ++parts === dieAt.number) setImmediate(die); // while it is being sealed
      return stored;
    },
  },
});
process.stdout.write(JSON.stringify({ extracted, pages }));
process.exit(0);
