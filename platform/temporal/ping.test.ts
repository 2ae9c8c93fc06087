import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { createAuthority, issueCertificate } from '../../tests/support/certificates.js';
import { type Refusal, TlsProxy, type TlsProxyOptions } from '../../tests/support/tls-proxy.js';
import { pingTemporal } from './ping.js';
import type { TemporalServer } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-ping-'));
const authority = createAuthority(folder, 'authority');
const otherAuthority = createAuthority(folder, 'stranger');
const local = issueCertificate(authority, { name: 'local', addresses: ['127.0.0.1'], dnsNames: ['temporal.test'] });
const elsewhere = issueCertificate(authority, { name: 'elsewhere', dnsNames: ['temporal.test'] });
const expired = issueCertificate(authority, { name: 'expired', addresses: ['127.0.0.1'], days: -1 });
const client = issueCertificate(authority, { name: 'client' });
const unknown = issueCertificate(otherAuthority, { name: 'unknown' });

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain = { certPath: null, keyPath: null, caPath: authority.certPath, serverName: null };
const withPair = { ...plain, certPath: client.certPath, keyPath: client.keyPath };
const serverAt = (port: number, more: Partial<TemporalServer> = {}): TemporalServer => ({
  address: `127.0.0.1:${port}`,
  namespace: 'bank',
  tls: plain,
  apiKey: null,
  ...more,
});

/** A server that answers every call with the same status; 0 means that it has the namespace. */
async function answering(options: Partial<TlsProxyOptions>, answer: Refusal = { status: 0, message: '' }) {
  const proxy = await TlsProxy.listen({ upstream: '127.0.0.1:9', server: local, judge: () => answer, ...options });
  stops.push(() => proxy.close());
  return proxy;
}

async function listenOn(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

const refused = (message: RegExp) => ({
  code: 'SERVICE_REFUSED',
  retryable: false,
  message: expect.stringMatching(message) as string,
});

it('calls DescribeNamespace with client certificate and API key', async () => {
  const proxy = await answering({ clientAuthority: authority });
  await pingTemporal(serverAt(proxy.port, { tls: withPair, apiKey: 'secret-key' }));
  const path = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace';
  expect(proxy.calls).toEqual([{ path, authorization: 'Bearer secret-key', client: 'client' }]);
});

it('accepts a certificate for another name only if TEMPORAL_TLS_SERVER_NAME names it', async () => {
  const { port } = await answering({ server: elsewhere });
  await expect(pingTemporal(serverAt(port))).rejects.toMatchObject(refused(/TEMPORAL_TLS_SERVER_NAME/));
  await pingTemporal(serverAt(port, { tls: { ...plain, serverName: 'temporal.test' } }));
});

it.each([
  [
    'a certificate of another authority',
    { server: local },
    { ...plain, caPath: otherAuthority.certPath },
    /TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
  ],
  [
    'a certificate of a private authority that no setting names',
    { server: local },
    { ...plain, caPath: null },
    /TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
  ],
  ['an expired certificate', { server: expired }, plain, /certificate has expired .*a new certificate on the server/],
])('rejects a server with %s', async (_, options, tls, message) => {
  const { port } = await answering(options);
  await expect(pingTemporal(serverAt(port, { tls, apiKey: 'secret-key' }))).rejects.toMatchObject(refused(message));
});

it('rejects an untrusted server even with NODE_TLS_REJECT_UNAUTHORIZED=0', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const proxy = await answering({});
  const tls = { ...plain, caPath: otherAuthority.certPath };
  await expect(pingTemporal(serverAt(proxy.port, { tls, apiKey: 'secret-key' }))).rejects.toMatchObject(
    refused(/TEMPORAL_TLS_SERVER_CA_CERT_PATH/),
  );
  expect(proxy.calls).toEqual([]);
});

it('reports that the server requires a client certificate', async () => {
  const { port } = await answering({ clientAuthority: authority });
  const fault = refused(/alert certificate required.*connected with: TLS, API key/);
  await expect(pingTemporal(serverAt(port, { apiKey: 'secret-key' }))).rejects.toMatchObject(fault);
});

it('mentions the client certificate when the server closes the connection', async () => {
  const { port } = await answering({ clientAuthority: authority });
  const tls = { ...plain, certPath: unknown.certPath, keyPath: unknown.keyPath };
  await expect(pingTemporal(serverAt(port, { tls }))).rejects.toThrow(/client certificate/);
});

it('reports TLS on one side only', async () => {
  const { port } = await answering({});
  await expect(pingTemporal(serverAt(port, { tls: null }))).rejects.toThrow(/TEMPORAL_TLS=true/);
  const open = await listenOn(createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  await expect(pingTemporal(serverAt(open))).rejects.toMatchObject(refused(/does not speak TLS/));
});

it('rejects for a port on which no Temporal server listens', async () => {
  const server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const port = await listenOn(server);
  await expect(pingTemporal(serverAt(port, { tls: null }))).rejects.toThrow();
  await new Promise((resolve) => server.close(resolve));
  await expect(pingTemporal(serverAt(port, { tls: null }))).rejects.toThrow(/ECONNREFUSED/);
});

it.each([
  [7, 'SERVICE_REFUSED', /refuses this client for namespace "bank": no access for \*\*\*/],
  [16, 'SERVICE_REFUSED', /connected with: TLS, API key/],
  [5, 'INVALID_CONFIG', /no namespace "bank" \(setting TEMPORAL_NAMESPACE\)/],
])('maps gRPC status %i to %s and masks the API key in the server message', async (status, code, message) => {
  const { port } = await answering({}, { status, message: 'no access for secret-key' });
  const fault: unknown = await pingTemporal(serverAt(port, { apiKey: 'secret-key' })).catch((found: unknown) => found);
  expect(fault).toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect(JSON.stringify([String(fault), fault])).not.toContain('secret-key');
});

it('rejects with a plain Error for an overloaded server', async () => {
  const { port } = await answering({}, { status: 14, message: 'shutting down' });
  await expect(pingTemporal(serverAt(port))).rejects.toThrow(/^gRPC status 14: shutting down$/);
});

it('encodes a namespace of more than 127 bytes', async () => {
  const { port } = await answering({});
  await pingTemporal(serverAt(port, { namespace: 'n'.repeat(300) }));
});
