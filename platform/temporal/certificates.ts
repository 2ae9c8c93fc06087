import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { invalidPath } from '../config/invalid-setting.js';
import type { TemporalServer } from './server.js';

/** Contents of the certificate files, as PEM; null for a file that no setting names. */
export interface Certificates {
  /** Certificate authorities that may have signed the server's certificate; null: the public ones. */
  readonly authorities: Buffer | null;
  readonly pair: { readonly certificate: Buffer; readonly key: Buffer } | null;
}

/**
 * Reads the files that the settings name. Called for every connection, so that a renewed certificate is used by the next
 * one.
 * @throws PipelineError `INVALID_CONFIG` naming setting and file: not readable, not in PEM form, expired, or certificate
 *   and key do not match.
 */
export function readCertificates({ caPath, certPath, keyPath }: NonNullable<TemporalServer['tls']>): Certificates {
  return {
    authorities: caPath === null ? null : readAuthorities(caPath),
    pair: certPath === null || keyPath === null ? null : readPair(certPath, keyPath),
  };
}

const BLOCK = /-----BEGIN [^-]*-----[^-]*-----END [^-]*-----/g;

/** During a change of authority the file contains both certificates, so it is rejected only if all of them have expired. */
function readAuthorities(path: string): Buffer {
  const setting = 'TEMPORAL_TLS_SERVER_CA_CERT_PATH';
  const pem = readPem(setting, path, 'a certificate');
  const first = parseCertificate(pem, setting, path);
  const blocks = pem.toString('latin1').match(BLOCK) ?? [];
  if (isExpired(first) && blocks.every((block) => isExpired(parseCertificate(Buffer.from(block), setting, path))))
    throw invalidPath(setting, path, `expired on ${first.validTo}`);
  return pem;
}

const isExpired = ({ validTo }: X509Certificate): boolean => Date.parse(validTo) < Date.now();

function readPair(certPath: string, keyPath: string): Certificates['pair'] {
  const { pem: certificate, parsed } = readCertificate(certPath);
  const key = readPem('TEMPORAL_TLS_CLIENT_KEY_PATH', keyPath, 'a private key');
  const secret = parseKey(key, keyPath);
  if (!parsed.checkPrivateKey(secret))
    throw invalidPath('TEMPORAL_TLS_CLIENT_KEY_PATH', keyPath, `does not belong to the certificate in ${certPath}`);
  return { certificate, key };
}

function readCertificate(path: string): { readonly pem: Buffer; readonly parsed: X509Certificate } {
  const setting = 'TEMPORAL_TLS_CLIENT_CERT_PATH';
  const pem = readPem(setting, path, 'a certificate');
  const parsed = parseCertificate(pem, setting, path);
  if (isExpired(parsed)) throw invalidPath(setting, path, `expired on ${parsed.validTo}`);
  return { pem, parsed };
}

function parseCertificate(pem: Buffer, setting: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw invalidPath(setting, path, 'holds no certificate in PEM form');
  }
}

/** OpenSSL's error message is not passed on, because it may quote the file. */
function parseKey(pem: Buffer, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw invalidPath(
      'TEMPORAL_TLS_CLIENT_KEY_PATH',
      path,
      'holds no private key in PEM form, or one with a passphrase',
    );
  }
}

function readPem(setting: string, path: string, wanted: string): Buffer {
  const bytes = readSettingFile(setting, path);
  if (bytes.includes('-----BEGIN ')) return bytes;
  throw invalidPath(setting, path, `is not in PEM form, wanted ${wanted} that begins with -----BEGIN`);
}

function readSettingFile(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown';
    throw invalidPath(setting, path, code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`);
  }
}
