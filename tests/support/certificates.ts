import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A certificate and its key, as files and as PEM. */
export interface Issued {
  readonly name: string;
  readonly certPath: string;
  readonly keyPath: string;
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly privateKey: KeyObject;
}

export interface CertificateWish {
  /** File name and common name. */
  readonly name: string;
  readonly dnsNames?: readonly string[];
  /** IPv4. */
  readonly addresses?: readonly string[];
  /** Validity from now; negative for an expired certificate. @default 2 */
  readonly days?: number;
}

/** Creates a certificate authority with a self-signed certificate in `folder`. */
export function createAuthority(folder: string, name: string): Issued {
  mkdirSync(folder, { recursive: true });
  return issue({ name, authority: true, folder }, null);
}

/** Creates a certificate signed by the authority, in the same folder. */
export const issueCertificate = (authority: Issued, wish: CertificateWish): Issued =>
  issue({ ...wish, authority: false, folder: dirname(authority.certPath) }, authority);

type Order = CertificateWish & { readonly authority: boolean; readonly folder: string };

/** Encodes an X.509 certificate (RFC 5280), ECDSA on P-256: Node cannot create one, and openssl may be missing. */
function issue(order: Order, issuer: Issued | null): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = toBeSigned(order, issuer?.name ?? order.name, publicKey);
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  const cert = pem('CERTIFICATE', sequence(body, ecdsaWithSha256, tagged(0x03, Buffer.of(0), signature)));
  const key = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const [certPath, keyPath] = [join(order.folder, `${order.name}.pem`), join(order.folder, `${order.name}.key`)];
  writeFileSync(certPath, cert);
  writeFileSync(keyPath, key, { mode: 0o600 });
  return { name: order.name, certPath, keyPath, cert, key, privateKey };
}

function toBeSigned(order: Order, issuerName: string, publicKey: KeyObject): Buffer {
  const now = Date.now();
  const days = order.days ?? 2;
  return sequence(
    tagged(0xa0, integer(Buffer.of(2))), // version 3
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    nameOf(issuerName),
    sequence(utcTime(now - 3 * DAY_MS), utcTime(now + days * DAY_MS)),
    nameOf(order.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensionsOf(order))),
  );
}

function extensionsOf({ authority, dnsNames = [], addresses = [] }: Order): readonly Buffer[] {
  const constraints = extension([0x55, 0x1d, 0x13], authority ? sequence(tagged(0x01, Buffer.of(0xff))) : sequence());
  const names = [
    ...dnsNames.map((name) => tagged(0x82, Buffer.from(name))),
    ...addresses.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  return names.length === 0 ? [constraints] : [constraints, extension([0x55, 0x1d, 0x11], sequence(...names))];
}

const DAY_MS = 86_400_000;

/** DER requires the shortest form of a length; OpenSSL accepts longer forms, the worker's TLS refuses them. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const objectId = (bytes: readonly number[]): Buffer => tagged(0x06, Buffer.from(bytes));
const ecdsaWithSha256 = sequence(objectId([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));

/** Only a common name. */
const nameOf = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(objectId([0x55, 0x04, 0x03]), tagged(0x0c, Buffer.from(name)))));

const extension = (id: readonly number[], value: Buffer): Buffer => sequence(objectId(id), tagged(0x04, value));

/** `YYMMDDhhmmssZ`. */
const utcTime = (milliseconds: number): Buffer =>
  tagged(0x17, Buffer.from(`${new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

function pem(label: string, der: Buffer): Buffer {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return Buffer.from([`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n'));
}
