import type { Redis } from 'ioredis';

/** Keys that the server looks at in one call. */
const SCANNED_AT_ONCE = 1000;

/** A text as a part of a pattern of SCAN that matches itself only. */
export const globLiteral = (text: string): string => text.replaceAll(/[\\*?[\]^-]/g, String.raw`\$&`);

/**
 * Removes the keys that match a pattern, by looking at all keys without blocking the server.
 * @param isMeant - of the keys that match, which are removed.  @returns their number.
 */
export async function removeMatching(
  client: Redis,
  pattern: string,
  isMeant: (key: string) => boolean = () => true,
): Promise<number> {
  let count = 0;
  for await (const keys of client.scanStream({ match: pattern, count: SCANNED_AT_ONCE })) {
    for (const key of (keys as string[]).filter(isMeant)) count += await client.unlink(key);
  }
  return count;
}
