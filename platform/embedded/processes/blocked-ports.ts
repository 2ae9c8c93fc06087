import { isFreePort } from './ports.js';

/**
 * Ports that every browser refuses to connect to, for pages, forms and scripts alike (WHATWG Fetch, "port blocking"),
 * and that need no privilege. The ports of IRC come first: browsers have blocked them longest. Port 6679 is in the
 * standard's list but missing here: Chromium 156 connects to it.
 */
export const browserBlockedPorts = [6665, 6666, 6667, 6668, 6669, 6697, 6566, 6000, 4045, 2049, 10080] as const;

/**
 * A free port of 127.0.0.1 that no browser connects to: programs of this machine reach a server there, web pages do
 * not, whatever name they resolve to 127.0.0.1.
 * @param first - place in the list at which the search begins; supervisors of several checkouts that start at the same
 *   time would else find the same port free and one of their servers would end.
 * @returns Null when all of them are in use.
 */
export async function findBrowserBlockedPort(first = process.pid): Promise<number | null> {
  const count = browserBlockedPorts.length;
  for (let i = 0; i < count; i++) {
    const port = browserBlockedPorts[(first + i) % count]!;
    if (await isFreePort(port)) return port;
  }
  return null;
}
