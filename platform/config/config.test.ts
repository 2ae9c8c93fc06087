import { expect, it } from 'vitest';
import { readConfig } from './config.js';

const temporal = (settings: Record<string, string>) => readConfig(settings, '/project').temporal;
const address = { TEMPORAL_ADDRESS: 'temporal.internal' };
const pair = { TEMPORAL_TLS_CLIENT_CERT_PATH: 'client.pem', TEMPORAL_TLS_CLIENT_KEY_PATH: 'client.key' };

it('completes the port of a Temporal server', () => {
  expect(temporal(address).address).toBe('temporal.internal:7233');
  expect(temporal({ TEMPORAL_ADDRESS: '[::1]' }).address).toBe('[::1]:7233');
  expect(temporal({ TEMPORAL_ADDRESS: '10.0.0.7:443' }).address).toBe('10.0.0.7:443');
});

it.each(['https://temporal.internal', 'temporal.internal:', 'a b', 'host:1:2'])(
  'takes no %s for an address',
  (found) => {
    expect(() => temporal({ TEMPORAL_ADDRESS: found })).toThrow(/TEMPORAL_ADDRESS/);
  },
);

it.each([
  ['nothing', {}, false],
  ['the wish', { TEMPORAL_TLS: '1' }, true],
  ['an API key', { TEMPORAL_API_KEY: 'key' }, true],
  ['a client certificate', pair, true],
  ['an authority', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'authority.pem' }, true],
  ['a server name', { TEMPORAL_TLS_SERVER_NAME: 'temporal' }, true],
  ['the wish not to', { TEMPORAL_TLS: 'false' }, false],
])('uses TLS with %s: %o gives %s', (_, settings, wanted) => {
  expect(temporal({ ...address, ...settings }).tls !== null).toBe(wanted);
});

it('counts certificate paths from the project', () => {
  expect(temporal({ ...address, ...pair }).tls).toEqual({
    certPath: '/project/client.pem',
    keyPath: '/project/client.key',
    caPath: null,
    serverName: null,
  });
});

it('cuts off what a copied key brings along', () => {
  expect(temporal({ ...address, TEMPORAL_API_KEY: ' key\n' }).apiKey).toBe('key');
});

it.each([
  [
    'half a pair',
    { ...address, TEMPORAL_TLS_CLIENT_KEY_PATH: 'k' },
    /CLIENT_KEY_PATH is set and .*CLIENT_CERT_PATH is not/,
  ],
  ['the other half', { ...address, TEMPORAL_TLS_CLIENT_CERT_PATH: 'c' }, /CERT_PATH is set and .*KEY_PATH is not/],
  [
    'a key in the clear',
    { ...address, TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'secret' },
    /TEMPORAL_TLS is off, and TEMPORAL_API_KEY/,
  ],
  ['a key for nobody', { TEMPORAL_API_KEY: 'secret' }, /TEMPORAL_API_KEY without TEMPORAL_ADDRESS/],
  ['TLS with nobody', { TEMPORAL_TLS: 'true' }, /TEMPORAL_TLS without TEMPORAL_ADDRESS/],
  [
    'a key of two words',
    { ...address, TEMPORAL_API_KEY: 'a secret' },
    /printable ASCII without blanks[^]*TEMPORAL_API_KEY/,
  ],
  ['no answer to a question', { ...address, TEMPORAL_TLS: 'perhaps' }, /TEMPORAL_TLS/],
])('refuses %s without repeating a secret', (_, settings, message) => {
  const read = (): unknown => temporal(settings);
  expect(read).toThrow(
    expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) as string }),
  );
  expect(read).not.toThrow(/secret/);
});
