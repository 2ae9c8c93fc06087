/**
 * Runs `work` on every item, at most `limit` at a time, and starts the next as soon as one ends. Results keep the order
 * of the items. After a rejection nothing more is started, and the result rejects once the running items have ended: a
 * workflow that closes earlier would cancel its running children in the middle of a step.
 */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  let stopped = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !stopped) {
      const index = next++;
      results[index] = await work(items[index]!).catch((fault: unknown) => {
        stopped = true;
        throw fault;
      });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
  const failed = lanes.find((ended) => ended.status === 'rejected');
  if (failed) throw failed.reason;
  return results;
}
