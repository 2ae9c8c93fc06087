import type { Server } from 'node:http';

/** A request waits for no more connections than these. */
const MOST_CONNECTIONS = 1024;

export interface AcceptFirst {
  /** Calls `work` at once, or when the connections that wait to be accepted are. */
  after(work: () => void): void;
  /** Works that wait. */
  waiting(): number;
}

/**
 * Accepts connections before requests are worked on. libuv accepts one connection in a turn of the event loop (since
 * 1.46), so that in turns which answer hundreds of requests connections would wait until the kernel's queue is full;
 * it drops those beyond, and their clients try again after 1, 3 and 7 seconds. A turn without work takes microseconds:
 * while each of them finds a connection, the work of requests waits.
 * @param mostConnections - after which requests are worked on though connections still come. @default 1024
 */
export function acceptFirst(server: Server, mostConnections = MOST_CONNECTIONS): AcceptFirst {
  let waiting: (() => void)[] = [];
  let isAccepting = false;
  let accepted = 0;

  function endOfTurn(before: number): void {
    if (accepted > before && accepted < mostConnections) {
      setImmediate(endOfTurn, accepted);
      return;
    }
    isAccepting = false;
    const works = waiting;
    waiting = [];
    for (const work of works) work();
  }

  server.on('connection', () => {
    if (!isAccepting) {
      isAccepting = true;
      accepted = 0;
      setImmediate(endOfTurn, accepted);
    }
    accepted += 1;
  });
  return {
    after(work) {
      if (isAccepting) waiting.push(work);
      else work();
    },
    waiting: () => waiting.length,
  };
}
