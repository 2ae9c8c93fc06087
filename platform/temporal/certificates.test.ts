import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createAuthority, issueCertificate } from '../../tests/support/certificates.js';
import { readCertificates } from './certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-certificates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const authority = createAuthority(folder, 'authority');
const client = issueCertificate(authority, { name: 'client' });
const other = issueCertificate(authority, { name: 'other' });
const expired = issueCertificate(authority, { name: 'expired', days: -1 });
const text = join(folder, 'text');
writeFileSync(text, 'not a certificate');

const none = { certPath: null, keyPath: null, caPath: null, serverName: null };
const pairOf = ({ certPath, keyPath }: typeof client) => ({ ...none, certPath, keyPath });

it('reads only the files that the settings name', () => {
  expect(readCertificates(none)).toEqual({ authorities: null, pair: null });
  expect(readCertificates({ ...pairOf(client), caPath: authority.certPath })).toEqual({
    authorities: authority.cert,
    pair: { certificate: client.cert, key: client.key },
  });
});

it('accepts an authority file with one expired and one valid certificate', () => {
  const bundle = join(folder, 'bundle.pem');
  const bytes = Buffer.concat([expired.cert, authority.cert]);
  writeFileSync(bundle, bytes);
  expect(readCertificates({ ...none, caPath: bundle }).authorities).toEqual(bytes);
});

it.each([
  ['absent', { ...none, caPath: join(folder, 'absent') }, /_SERVER_CA_CERT_PATH: .*absent does not exist/],
  ['a folder', { ...none, caPath: folder }, /_SERVER_CA_CERT_PATH: .* cannot be read \(EISDIR\)/],
  ['not PEM', { ...pairOf(client), certPath: text }, /_CLIENT_CERT_PATH: .*text is not in PEM form/],
  [
    'a key instead of a certificate',
    { ...pairOf(client), certPath: client.keyPath },
    /client\.key holds no certificate/,
  ],
  [
    'a certificate instead of a key',
    { ...pairOf(client), keyPath: client.certPath },
    /client\.pem holds no private key/,
  ],
  ['expired', pairOf(expired), /_CLIENT_CERT_PATH: .*expired\.pem expired on /],
  ['an expired authority', { ...none, caPath: expired.certPath }, /_CA_CERT_PATH: .*expired on /],
  [
    'a key that does not match the certificate',
    { ...pairOf(client), keyPath: other.keyPath },
    /_KEY_PATH: .*other\.key does not belong to .*client\.pem/,
  ],
])('rejects a file that is %s without quoting its content', (_, tls, message) => {
  const read = (): unknown => readCertificates(tls);
  expect(read).toThrow(
    expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) as string }),
  );
  expect(read).not.toThrow(/not a certificate|BEGIN [A-Z]/);
});
