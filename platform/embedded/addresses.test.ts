import { expect, it } from 'vitest';
import { readConfig } from '../config/config.js';
import { addressFingerprints, artifactUriOf, differingSettings, withoutPassword } from './addresses.js';

it.each([
  ['postgres://ml:secret@db:5432/registry', 'postgres://ml:***@db:5432/registry'],
  ['redis://:secret@cache:6379', 'redis://:***@cache:6379'],
  ['postgres://ml@db/registry', 'postgres://ml@db/registry'],
  ['temporal:7233', 'temporal:7233'],
])('withoutPassword masks %s as %s', (address, shown) => {
  expect(withoutPassword(address)).toBe(shown);
});

it('artifactUriOf defaults to a folder in the state directory', () => {
  expect(artifactUriOf(readConfig({ ML_HOME: '/state' }, '/'))).toBe('file:///state/artefacts');
  expect(artifactUriOf(readConfig({ ARTIFACT_URI: 's3://bucket/prefix' }, '/'))).toBe('s3://bucket/prefix');
});

const foreign = {
  TEMPORAL_ADDRESS: 'temporal:7233',
  TEMPORAL_API_KEY: 'key-1',
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/ca.pem',
  DATABASE_URL: 'postgres://ml:secret@db/registry',
};
const fingerprints = (change: Record<string, string> = {}) =>
  addressFingerprints(readConfig({ ...foreign, ...change }, '/'));

it.each([
  ['TEMPORAL_ADDRESS', { TEMPORAL_ADDRESS: 'other:7233' }],
  ['TEMPORAL_API_KEY', { TEMPORAL_API_KEY: 'key-2' }],
  ['TEMPORAL_TLS', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/other.pem' }],
  ['DATABASE_URL', { DATABASE_URL: 'postgres://ml:changed@db/registry' }],
  ['REDIS_URL', { REDIS_URL: 'redis://cache:6379' }],
  ['TASK_QUEUE_PREFIX', { TASK_QUEUE_PREFIX: 'blue-' }],
  ['ENCODER_PATH', { ENCODER_PATH: '/encoder' }],
])('a change of %s changes only its own fingerprint', (setting, change) => {
  const [before, after] = [fingerprints(), fingerprints(change)];
  expect(Object.keys(before).filter((name) => before[name] !== after[name])).toEqual([setting]);
});

it('compares ENCODER_PATH only if the configuration sets it', () => {
  const named = readConfig({ ...foreign, ENCODER_PATH: '/encoder' }, '/');
  expect(differingSettings(named, fingerprints())).toEqual(['ENCODER_PATH']);
  expect(differingSettings(named, fingerprints({ ENCODER_PATH: '/encoder' }))).toEqual([]);
  expect(differingSettings(readConfig(foreign, '/'), fingerprints({ ENCODER_PATH: '/encoder' }))).toEqual([]);
  expect(differingSettings(readConfig(foreign, '/'), fingerprints({ REDIS_URL: 'redis://cache:6379' }))).toEqual([
    'REDIS_URL',
  ]);
});

it('fingerprints contain no secret and no address', () => {
  expect(JSON.stringify(fingerprints())).not.toMatch(/secret|key-1|temporal:7233/);
});
