import { expect, it } from 'vitest';
import { readConfig } from './config.js';

const temporal = (settings: Record<string, string>) => readConfig(settings, '/project').temporal;
const address = { TEMPORAL_ADDRESS: 'temporal.internal' };
const pair = { TEMPORAL_TLS_CLIENT_CERT_PATH: 'client.pem', TEMPORAL_TLS_CLIENT_KEY_PATH: 'client.key' };

it('adds the default port to TEMPORAL_ADDRESS', () => {
  expect(temporal(address).address).toBe('temporal.internal:7233');
  expect(temporal({ TEMPORAL_ADDRESS: '[::1]' }).address).toBe('[::1]:7233');
  expect(temporal({ TEMPORAL_ADDRESS: '10.0.0.7:443' }).address).toBe('10.0.0.7:443');
});

it.each(['https://temporal.internal', 'temporal.internal:', 'a b', 'host:1:2'])(
  'rejects the TEMPORAL_ADDRESS "%s"',
  (found) => {
    expect(() => temporal({ TEMPORAL_ADDRESS: found })).toThrow(/TEMPORAL_ADDRESS/);
  },
);

it.each([
  ['no setting', {}, false],
  ['TEMPORAL_TLS on', { TEMPORAL_TLS: '1' }, true],
  ['an API key', { TEMPORAL_API_KEY: 'key' }, true],
  ['a client certificate', pair, true],
  ['a certificate authority', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'authority.pem' }, true],
  ['a server name', { TEMPORAL_TLS_SERVER_NAME: 'temporal' }, true],
  ['TEMPORAL_TLS off', { TEMPORAL_TLS: 'false' }, false],
])('with %s (%o): TLS is used: %s', (_, settings, expected) => {
  expect(temporal({ ...address, ...settings }).tls !== null).toBe(expected);
});

it('resolves certificate paths against the project folder', () => {
  expect(temporal({ ...address, ...pair }).tls).toEqual({
    certPath: '/project/client.pem',
    keyPath: '/project/client.key',
    caPath: null,
    serverName: null,
  });
});

it('trims white space around TEMPORAL_API_KEY', () => {
  expect(temporal({ ...address, TEMPORAL_API_KEY: ' key\n' }).apiKey).toBe('key');
});

it.each([
  [
    'a client key without its certificate',
    { ...address, TEMPORAL_TLS_CLIENT_KEY_PATH: 'k' },
    /CLIENT_KEY_PATH is set and .*CLIENT_CERT_PATH is not/,
  ],
  [
    'a client certificate without its key',
    { ...address, TEMPORAL_TLS_CLIENT_CERT_PATH: 'c' },
    /CERT_PATH is set and .*KEY_PATH is not/,
  ],
  [
    'an API key with TLS off',
    { ...address, TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'secret' },
    /TEMPORAL_TLS is off, and TEMPORAL_API_KEY/,
  ],
  ['an API key without an address', { TEMPORAL_API_KEY: 'secret' }, /TEMPORAL_API_KEY without TEMPORAL_ADDRESS/],
  ['TLS without an address', { TEMPORAL_TLS: 'true' }, /TEMPORAL_TLS without TEMPORAL_ADDRESS/],
  [
    'an API key with a blank in it',
    { ...address, TEMPORAL_API_KEY: 'a secret' },
    /printable ASCII without blanks[^]*TEMPORAL_API_KEY/,
  ],
  ['a value of TEMPORAL_TLS that is not a boolean', { ...address, TEMPORAL_TLS: 'perhaps' }, /TEMPORAL_TLS/],
])('rejects %s without showing a secret', (_, settings, message) => {
  const read = (): unknown => temporal(settings);
  expect(read).toThrow(
    expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) as string }),
  );
  expect(read).not.toThrow(/secret/);
});
