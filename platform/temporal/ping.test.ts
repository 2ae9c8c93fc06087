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
const stranger = createAuthority(folder, 'stranger');
const local = issueCertificate(authority, { name: 'local', addresses: ['127.0.0.1'], dnsNames: ['temporal.test'] });
const elsewhere = issueCertificate(authority, { name: 'elsewhere', dnsNames: ['temporal.test'] });
const expired = issueCertificate(authority, { name: 'expired', addresses: ['127.0.0.1'], days: -1 });
const client = issueCertificate(authority, { name: 'client' });
const unknown = issueCertificate(stranger, { name: 'unknown' });

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain = { certPath: null, keyPath: null, caPath: authority.certPath, serverName: null };
const withPair = { ...plain, certPath: client.certPath, keyPath: client.keyPath };
const serverAt = (port: number, more: Partial<TemporalServer> = {}): TemporalServer => ({
  ...{ address: `127.0.0.1:${port}`, namespace: 'bank', tls: plain, apiKey: null, ...more },
});

/** A server that answers every call the same way; with status 0 as one that has the namespace. */
async function answering(options: Partial<TlsProxyOptions>, answer: Refusal = { status: 0, message: '' }) {
  const proxy = await TlsProxy.listen({ upstream: '127.0.0.1:9', server: local, judge: () => answer, ...options });
  stops.push(() => proxy.close());
  return proxy;
}

async function silent(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

const refusal = (message: RegExp) => ({
  code: 'SERVICE_REFUSED',
  retryable: false,
  message: expect.stringMatching(message) as string,
});

it('shows certificate and key, and asks for the namespace', async () => {
  const proxy = await answering({ clientAuthority: authority });
  await pingTemporal(serverAt(proxy.port, { tls: withPair, apiKey: 'secret-key' }));
  const path = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace';
  expect(proxy.calls).toEqual([{ path, authorization: 'Bearer secret-key', client: 'client' }]);
});

it('accepts another name than the address only when it is the one that was asked for', async () => {
  const { port } = await answering({ server: elsewhere });
  await expect(pingTemporal(serverAt(port))).rejects.toMatchObject(refusal(/TEMPORAL_TLS_SERVER_NAME/));
  await pingTemporal(serverAt(port, { tls: { ...plain, serverName: 'temporal.test' } }));
});

it.each([
  [
    'an authority it does not know',
    { server: local },
    { ...plain, caPath: stranger.certPath },
    /TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
  ],
  [
    'a private authority that no setting names',
    { server: local },
    { ...plain, caPath: null },
    /TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
  ],
  ['an expired certificate', { server: expired }, plain, /certificate has expired .*a new certificate on the server/],
])('does not trust a server with %s', async (_, options, tls, message) => {
  const { port } = await answering(options);
  await expect(pingTemporal(serverAt(port, { tls, apiKey: 'secret-key' }))).rejects.toMatchObject(refusal(message));
});

it('does not trust it either where Node is told to trust everybody', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const proxy = await answering({});
  const tls = { ...plain, caPath: stranger.certPath };
  await expect(pingTemporal(serverAt(proxy.port, { tls, apiKey: 'secret-key' }))).rejects.toMatchObject(
    refusal(/TEMPORAL_TLS_SERVER_CA_CERT_PATH/),
  );
  expect(proxy.calls).toEqual([]);
});

it('says that the server wants a client certificate', async () => {
  const { port } = await answering({ clientAuthority: authority });
  const fault = refusal(/alert certificate required.*connected with: TLS, API key/);
  await expect(pingTemporal(serverAt(port, { apiKey: 'secret-key' }))).rejects.toMatchObject(fault);
});

it('says what a hang-up may mean when a client certificate was shown', async () => {
  const { port } = await answering({ clientAuthority: authority });
  const tls = { ...plain, certPath: unknown.certPath, keyPath: unknown.keyPath };
  await expect(pingTemporal(serverAt(port, { tls }))).rejects.toThrow(/client certificate/);
});

it('tells TLS from its absence', async () => {
  const { port } = await answering({});
  await expect(pingTemporal(serverAt(port, { tls: null }))).rejects.toThrow(/TEMPORAL_TLS=true/);
  const open = await silent(createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  await expect(pingTemporal(serverAt(open))).rejects.toMatchObject(refusal(/does not speak TLS/));
});

it('does not take any open port for a Temporal server', async () => {
  const server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const port = await silent(server);
  await expect(pingTemporal(serverAt(port, { tls: null }))).rejects.toThrow();
  await new Promise((resolve) => server.close(resolve));
  await expect(pingTemporal(serverAt(port, { tls: null }))).rejects.toThrow(/ECONNREFUSED/);
});

it.each([
  [7, 'SERVICE_REFUSED', /refuses this client for namespace "bank": no access for \*\*\*/],
  [16, 'SERVICE_REFUSED', /connected with: TLS, API key/],
  [5, 'INVALID_CONFIG', /no namespace "bank" \(setting TEMPORAL_NAMESPACE\)/],
])('understands gRPC status %i, and does not repeat a key that the server quotes', async (status, code, message) => {
  const { port } = await answering({}, { status, message: 'no access for secret-key' });
  const fault: unknown = await pingTemporal(serverAt(port, { apiKey: 'secret-key' })).catch((found: unknown) => found);
  expect(fault).toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect(JSON.stringify([String(fault), fault])).not.toContain('secret-key');
});

it('leaves an overloaded server to the next attempt', async () => {
  const { port } = await answering({}, { status: 14, message: 'shutting down' });
  await expect(pingTemporal(serverAt(port))).rejects.toThrow(/^gRPC status 14: shutting down$/);
});

it('writes a namespace of any length', async () => {
  const { port } = await answering({});
  await pingTemporal(serverAt(port, { namespace: 'n'.repeat(300) }));
});
