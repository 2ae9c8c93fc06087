import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const SWEEP_EVERY_MS = 50;
/** A connection that has not asked yet may be about to: its request is on the way for at most this long. */
const SILENT_MS = 1_000;
/** Requests that run longer, or whose client is gone without a word, are cut off: whoever stops us waits 18 seconds. */
const LONGEST_DRAIN_MS = 15_000;

export interface DrainTimes {
  readonly silentMs?: number;
  readonly longestMs?: number;
}

/**
 * Lets running requests of a server that is closing end, and nothing else hold it. Closing a server by itself ends only
 * connections that are idle at that moment, leaves kept ones for their keep-alive time, and stops Node's own clock of
 * requests: a connection on which nothing was ever asked, as browsers open them ahead, would then stay for ever.
 * @returns called once, when the server begins to close.
 */
export function watchConnections(server: Server, times: DrainTimes = {}): () => void {
  const { silentMs = SILENT_MS, longestMs = LONGEST_DRAIN_MS } = times;
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  return () => {
    const endSilent = (): void => silent.forEach((socket) => socket.destroy());
    const timers = [
      setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS),
      setTimeout(endSilent, silentMs),
      setTimeout(() => server.closeAllConnections(), longestMs),
    ];
    server.once('close', () => timers.forEach((timer) => clearTimeout(timer)));
    for (const timer of timers) timer.unref();
  };
}
