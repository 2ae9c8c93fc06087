import { createServer } from 'node:net';

/** True when a server can listen on this port of 127.0.0.1 now. */
export async function isFreePort(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== null;
}

/** A free port of 127.0.0.1: the preferred one if it is free, else one that the system picks. */
export async function freePort(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined && (await isFreePort(preferred))) return preferred;
  const picked = await listenOnce(0);
  if (picked === null) throw new Error('the system has no free port on 127.0.0.1');
  return picked;
}

/** A different free port for each name, the preferred one where it is free. */
export async function freePorts<Name extends string>(
  names: readonly Name[],
  preferred: Readonly<Record<string, number>>,
): Promise<Record<Name, number>> {
  const ports: Partial<Record<Name, number>> = {};
  for (const name of names) {
    let port = await freePort(preferred[name]);
    while (Object.values(ports).includes(port)) port = await freePort(undefined);
    ports[name] = port;
  }
  return ports as Record<Name, number>;
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
