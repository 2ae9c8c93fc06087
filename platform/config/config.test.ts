import { describe, expect, it } from 'vitest';
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

it('refuses pinned workers on the local platform, where the next build replaces the former', () => {
  const pinned = { WORKER_VERSIONING: 'pinned', WORKER_BUILD_ID: 'v2' };
  expect(() => readConfig(pinned, '/project')).toThrow(/pinned without TEMPORAL_ADDRESS/);
  expect(readConfig({ ...pinned, ...address }, '/project').workers).toEqual({ versioning: 'pinned', buildId: 'v2' });
});

describe('a setting that cannot be meant', () => {
  it.each([
    ['SCHEDULE_TIMEZONE', 'Mars/Olympus', 'found "Mars/Olympus", wanted a time zone of the IANA database'],
    ['SCHEDULE_TIMEZONE', 'asia/kolkata', 'wanted a time zone of the IANA database'],
    ['SCHEDULE_TIMEZONE', '+05:30', 'wanted a time zone of the IANA database'],
    ['SCHEDULE_WEEKLY', '61 3 * * 1', '"61 3 * * 1": minute is "61", wanted 0 to 59'],
    ['SCHEDULE_DAILY', '0 0 30 2 *', 'day of month 30 is in none of the months'],
    ['SCHEDULE_OVERLAP', 'skip', 'SKIP'],
    ['SCHEDULE_CATCHUP_HOURS', '0', 'found "0", wanted a number above 0, at most 8760'],
    ['DATABASE_URL', 'mysql://host/database', 'wanted a URL such as postgres://'],
    ['BACKEND_DATABASE_URL', 'host=db dbname=bank', 'wanted a URL such as postgres://'],
    ['BACKEND_DATABASE_URL', 'postgres://user@host:70000/database', 'wanted a URL such as postgres://'],
    ['REDIS_URL', 'localhost:6379', 'wanted a URL such as redis://'],
    ['ARTIFACT_URI', 's3:///prefix', 'wanted a bucket'],
    ['ARTIFACT_URI', './blobs', 'wanted file:///absolute/folder or s3://bucket/prefix'],
    ['ARTIFACT_URI', 'file://folder/blobs', 'wanted a folder of this machine'],
    ['HF_ENDPOINT', 'huggingface.co', 'wanted a URL such as https://huggingface.co'],
    ['TEMPORAL_ADDRESS', 'host:99999', 'wanted a port from 1 to 65535'],
    ['TEMPORAL_NAMESPACE', 'two words', 'wanted a name without blanks'],
    ['TASK_QUEUE_PREFIX', 'a b-', 'wanted a name without blanks'],
    ['PIPELINE_SLOTS', '2.5', 'found "2.5", wanted a whole number from 1 to 1000'],
    ['TRAINING_SLOTS', ' ', 'wanted a whole number'],
    ['TRAINING_MEMORY_MB', '2GB', 'found "2GB", wanted a whole number from 128'],
    ['COMPUTING_MEMORY_MB', '64', 'wanted a whole number from 128'],
    ['HEARTBEAT_TIMEOUT_SECONDS', '1e3', 'found "1e3", wanted a number from 1 to 3600'],
    ['OUTAGE_RETRY_SECONDS', '-1', 'wanted a number above 0'],
    ['CRASH_ATTEMPTS', '0x10', 'wanted a whole number'],
    ['WORKER_VERSIONING', 'auto', 'pinned'],
    ['WORKER_BUILD_ID', 'my build', 'wanted a name without blanks'],
    ['VALIDATION_MAX_REJECTED_SHARE', '2 %', 'wanted a number from 0 to 1'],
  ])('is refused, naming the variable: %s="%s"', (name, value, finding) => {
    expect(() => readConfig({ [name]: value }, '/project')).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringContaining(`at ${name}`) as string }),
    );
    expect(() => readConfig({ [name]: value }, '/project')).toThrow(finding);
  });

  it.each(['DATABASE_URL', 'BACKEND_DATABASE_URL', 'REDIS_URL'])(
    'is not repeated when it holds a password: %s',
    (name) => {
      expect(() => readConfig({ [name]: 'postgres://user:se#cret@host/database' }, '/project')).not.toThrow(/cret/);
      expect(() => readConfig({ [name]: 'postgres://user:se#cret@host/database' }, '/project')).toThrow(/%23/);
    },
  );
});

it.each([
  { SCHEDULE_TIMEZONE: 'Asia/Kolkata', SCHEDULE_WEEKLY: '0 3 * * MON' },
  { SCHEDULE_TIMEZONE: 'America/Argentina/Buenos_Aires', SCHEDULE_DAILY: '@daily' },
  { SCHEDULE_TIMEZONE: 'Etc/GMT+5', DATABASE_URL: 'postgresql://u:p%23@[::1]:5432/db?sslmode=require' },
  { MODEL_VARIANTS: 'ner=int8, intent=int8' },
  { REDIS_URL: 'rediss://:p@cache:6380/1', ARTIFACT_URI: 's3://bucket/a/b', HF_ENDPOINT: 'http://mirror:8080/hub/' },
])('accepts %o', (settings) => {
  expect(() => readConfig(settings, '/project')).not.toThrow();
});
