/** Entry of a process that sends webhooks until it is killed: `webhook-sender <database URL> <state directory> <receiver>`. */
import pg from 'pg';
import { openKeyRing } from '../../platform/keys/key-ring.js';
import { deliverWebhooks } from '../../platform/outbox/deliver-webhooks.js';
import { endpointOf } from '../../platform/outbox/outbox.js';

const [connectionString = '', home = '', receiver = ''] = process.argv.slice(2);
const keys = await openKeyRing({ home, keyRingFile: null });
const database = new pg.Pool({ connectionString, max: 2 });
setInterval(() => undefined, 60_000); // the pauses between deliveries keep no process alive
await deliverWebhooks(
  { database, keys, endpoints: [endpointOf(receiver)] },
  { signal: new AbortController().signal, logger: { warn: () => undefined } },
);
