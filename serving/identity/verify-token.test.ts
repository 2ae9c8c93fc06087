import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../platform/config/config.js';
import { readTokenKeys, readTokenSecret, type TokenKeys } from './token-keys.js';
import { signToken } from './sign-token.js';
import { createVerifier } from './verify-token.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-token-'));
const { api } = readConfig({ ML_HOME: folder }, folder);
const secret = 'a secret of more than thirty-two characters';
const symmetric: TokenKeys = { algorithms: ['HS256'], key: new TextEncoder().encode(secret) };

const sign = (claims: object = {}, seconds = 60): Promise<string> =>
  new SignJWT({ sub: 'ada', scope: 'predict:intent explain', iss: api.issuer, aud: api.audience, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(secret));

const verify = (token: string, keys = symmetric) => createVerifier(api, keys)(`Bearer ${token}`);
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: 'ada', iss: api.issuer, aud: api.audience, exp: Math.floor(Date.now() / 1000) + 60 };

describe('a token', () => {
  it('of `ml token` is taken with its subject, scopes and customer', async () => {
    const request = { subject: 'ada', scopes: ['predict:intent', 'explain'], seconds: 60, userId: 'u1' };
    const caller = await verify(await signToken(api, secret, request));
    expect(caller).toEqual({ subject: 'ada', scopes: new Set(['predict:intent', 'explain']), userId: 'u1' });
  });

  it.each([
    ['expired', () => sign({}, -60), 'the token has expired'],
    ['not valid yet', () => sign({ nbf: Date.now() / 1000 + 3600 }), 'the token is not valid yet'],
    ['of another audience', () => sign({ aud: 'another' }), 'the claim aud of the token is not the one'],
    ['of another issuer', () => sign({ iss: 'another' }), 'the claim iss of the token is not the one'],
    ['without a subject', () => sign({ sub: undefined }), 'the token lacks the claim sub'],
    ['whose customer is no text', () => sign({ userId: 7 }), 'the claim userId of the token is not a text'],
    ['unsigned (alg: none)', () => `${encoded({ alg: 'none' })}.${encoded(claims)}.`, 'algorithm that is not taken'],
    ['of one megabyte', () => 'a'.repeat(2 ** 20), 'the token is longer than 8192 characters'],
    ['that is none', () => 'abc', 'the token or its signature is not valid'],
    ['signed by another secret', () => signToken(api, 'another secret of enough characters', { subject: 'a', scopes: [], seconds: 9 }), 'the token or its signature is not valid'], // prettier-ignore
  ])('that is %s is refused, saying why', async (_, token, message) => {
    const fault = { code: 'UNAUTHENTICATED', message: expect.stringContaining(message) as string };
    await expect(verify(await token())).rejects.toMatchObject(fault);
  });

  it('is wanted in a header of the form "Bearer <token>"', async () => {
    const verifier = createVerifier(api, symmetric);
    await expect(verifier(undefined)).rejects.toThrow(/has no Authorization header/);
    await expect(verifier('Basic YTpi')).rejects.toThrow(/not of the form "Bearer <token>"/);
  });

  it('that was verified once expires all the same', async () => {
    let now = Date.now();
    const verifier = createVerifier(api, symmetric, () => now);
    const token = `Bearer ${await sign()}`;
    await verifier(token);
    now += (60 + api.clockSkewSeconds + 1) * 1000;
    await expect(verifier(token)).rejects.toThrow(/has expired/);
  });

  it('that was verified once is taken after the clock has jumped back, and ends at its time', async () => {
    const [issued, hour] = [Date.now(), 3_600_000];
    let now = issued;
    const verifier = createVerifier(api, symmetric, () => now);
    const token = `Bearer ${await sign()}`;
    for (now of [issued, issued - hour, issued + 30_000])
      await expect(verifier(token)).resolves.toMatchObject({ subject: 'ada' });
    now = issued + hour;
    await expect(verifier(token)).rejects.toThrow(/has expired/);
  });

  it('within the clock skew is taken', async () => {
    await expect(verify(await sign({}, -5))).resolves.toMatchObject({ subject: 'ada' });
  });
});

describe('keys of the settings', () => {
  const configOf = (variables: Readonly<Record<string, string>>) =>
    readConfig({ ML_HOME: folder, ...variables }, folder);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKey = join(folder, 'public.pem');
  writeFileSync(publicKey, rsa.publicKey.export({ type: 'spki', format: 'pem' }));

  const signWith = (key: KeyObject, alg: string, kid?: string): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) }).sign(key);

  it('are the secret of the state directory by default, generated once', () => {
    const generated = readTokenSecret(configOf({}));
    expect(generated).toHaveLength(48);
    expect(readTokenSecret(configOf({}))).toBe(generated);
  });

  it('with a public key take RS256, and no HS256 signed with the public key as secret', async () => {
    const keys = readTokenKeys(configOf({ JWT_PUBLIC_KEY_FILE: publicKey }));
    await expect(verify(await signWith(rsa.privateKey, 'RS256'), keys)).resolves.toMatchObject({ subject: 'ada' });
    const unsigned = `${encoded({ alg: 'HS256' })}.${encoded(claims)}`;
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
    const confused = `${unsigned}.${createHmac('sha256', pem).update(unsigned).digest('base64url')}`;
    await expect(verify(confused, keys)).rejects.toThrow(/algorithm that is not taken/);
  });

  it.each([
    [{ JWT_PUBLIC_KEY_FILE: join(folder, 'absent.pem') }, 'cannot be read as a public key'],
    [{ JWT_SECRET_FILE: join(folder, 'absent') }, 'does not exist'],
    [{ JWT_SECRET_FILE: publicKey, JWT_PUBLIC_KEY_FILE: publicKey }, 'at most one of'],
  ])('that cannot be meant are INVALID_CONFIG: %j', (variables, message) =>
    expect(() => readTokenKeys(configOf(variables))).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringContaining(message) as string }),
    ),
  );

  it('of an elliptic curve take ES256', async () => {
    const { publicKey: curve, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(folder, 'ec.pem'), curve.export({ type: 'spki', format: 'pem' }));
    const keys = readTokenKeys(configOf({ JWT_PUBLIC_KEY_FILE: join(folder, 'ec.pem') }));
    await expect(verify(await signWith(privateKey, 'ES256'), keys)).resolves.toMatchObject({ subject: 'ada' });
  });

  describe('in a key set', () => {
    let server: Server;
    let url: string;
    let published: object[] = [];
    beforeAll(async () => {
      server = createServer((_, response) => response.end(JSON.stringify({ keys: published })));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as { port: number }).port}/jwks.json`;
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    it('may be rotated', async () => {
      published = [{ ...(await exportJWK(rsa.publicKey)), kid: 'old', alg: 'RS256' }];
      const keys = readTokenKeys(configOf({ JWT_JWKS_URL: url }));
      await expect(verify(await signWith(rsa.privateKey, 'RS256', 'old'), keys)).resolves.toBeDefined();
      const next = generateKeyPairSync('rsa', { modulusLength: 2048 });
      published = [{ ...(await exportJWK(next.publicKey)), kid: 'new', alg: 'RS256' }];
      const unread = readTokenKeys(configOf({ JWT_JWKS_URL: url }));
      await expect(verify(await signWith(next.privateKey, 'RS256', 'new'), unread)).resolves.toBeDefined();
      await expect(verify(await signWith(rsa.privateKey, 'RS256', 'old'), unread)).rejects.toThrow(/not valid/);
    });

    it('that does not answer are an outage, no refusal', async () => {
      const keys = readTokenKeys(configOf({ JWT_JWKS_URL: 'http://127.0.0.1:1/jwks.json' }));
      await expect(verify(await signWith(rsa.privateKey, 'RS256', 'old'), keys)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
      });
    });
  });
});
