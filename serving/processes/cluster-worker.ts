import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { serviceUnavailable } from '../../platform/outage.js';
import { type FromProcess, toProcess } from './messages.js';

/** Whether this process is one of several that share a port. */
export const isOneOfSeveral = (): boolean => cluster.isWorker;

const tell = (message: FromProcess): void => void process.send?.(message);

/** Tells the process that started this one that it answers. */
export const tellReady = (port: number): void => tell({ kind: 'ready', port });

/** Lets the others count this process's metrics. @returns reads those of all processes, added up. */
export function shareMetrics(registry: Registry): () => Promise<string> {
  AggregatorRegistry.setRegistries([registry]);
  new AggregatorRegistry(); // answers when the starting process asks
  const waiting = new Map<number, (text: string | null) => void>();
  let last = 0;
  process.on('message', (message) => {
    const { data } = toProcess.safeParse(message);
    if (data === undefined) return;
    waiting.get(data.id)?.(data.text);
    waiting.delete(data.id);
  });
  return async () => {
    const id = (last += 1);
    const text = await new Promise<string | null>((resolve) => {
      waiting.set(id, resolve);
      tell({ kind: 'metrics-wanted', id });
    });
    if (text === null) throw serviceUnavailable('a process of the API', 'it gave no metrics in time');
    return text;
  };
}
