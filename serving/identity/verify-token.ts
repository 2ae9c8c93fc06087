import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { messageOf, type PipelineError, pipelineError } from '../../contracts/errors.js';
import type { ApiSettings } from '../../platform/config/config.js';
import { serviceUnavailable } from '../../platform/outage.js';
import type { TokenKeys } from './token-keys.js';

/** Who asks. */
export interface Caller {
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
  /** The only customer that the caller may ask for; null: any. */
  readonly userId: string | null;
}

/** Verifies the `Authorization` header. @throws PipelineError `UNAUTHENTICATED`; `SERVICE_UNAVAILABLE` of a key set. */
export type VerifyToken = (authorization: string | undefined) => Promise<Caller>;

/** Longer headers are refused before they are parsed. */
const MOST_CHARACTERS = 8_192;
/** Verified tokens kept, so that a caller's next request costs no signature check. */
const MOST_KEPT = 10_000;

interface Verified {
  readonly caller: Caller;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

const refuse = (finding: string): PipelineError => pipelineError('UNAUTHENTICATED', { finding });

/**
 * Takes tokens (JWT, RFC 7519) with one of the algorithms of the configured key, the configured issuer and audience, an
 * expiry, and a subject. Verified ones are kept in memory until they expire.
 */
export function createVerifier(settings: ApiSettings, keys: TokenKeys, now: () => number = Date.now): VerifyToken {
  const kept = new Map<string, Verified>();
  return async (authorization) => {
    const token = tokenOf(authorization);
    const known = kept.get(token);
    if (known !== undefined && known.expiresAt + settings.clockSkewSeconds > now() / 1000) return known.caller;
    kept.delete(token);
    const payload = await verify(token, keys, optionsOf(settings, keys, now));
    const caller = callerOf(payload, settings.userClaim);
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(token, { caller, expiresAt: payload.exp! });
    return caller;
  };
}

function tokenOf(authorization: string | undefined): string {
  if (authorization === undefined) throw refuse('the request has no Authorization header');
  if (authorization.length > MOST_CHARACTERS) throw refuse(`the token is longer than ${MOST_CHARACTERS} characters`);
  const token = /^bearer (\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw refuse('the Authorization header is not of the form "Bearer <token>"');
  return token;
}

const optionsOf = (
  { issuer, audience, clockSkewSeconds }: ApiSettings,
  { algorithms }: TokenKeys,
  now: () => number,
): JWTVerifyOptions => ({
  issuer,
  audience,
  algorithms: [...algorithms],
  clockTolerance: clockSkewSeconds,
  currentDate: new Date(now()),
  requiredClaims: ['exp', 'sub'],
});

async function verify(token: string, { key }: TokenKeys, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    const verified =
      typeof key === 'function'
        ? await jwtVerify(token, key satisfies JWTVerifyGetKey, options)
        : await jwtVerify(token, key, options);
    return verified.payload;
  } catch (fault) {
    throw asRefusal(fault);
  }
}

/** Never a part of the token, which is a secret. */
function asRefusal(fault: unknown): PipelineError {
  if (fault instanceof errors.JWTExpired) return refuse('the token has expired');
  if (fault instanceof errors.JWTClaimValidationFailed) return refuse(describeClaim(fault));
  if (fault instanceof errors.JWKSTimeout || !(fault instanceof errors.JOSEError))
    return serviceUnavailable('the key set of JWT_JWKS_URL', messageOf(fault), { cause: fault });
  if (fault instanceof errors.JOSEAlgNotAllowed)
    return refuse('the token is signed with an algorithm that is not taken');
  return refuse('the token or its signature is not valid');
}

function describeClaim({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === 'missing') return `the token lacks the claim ${claim}`;
  if (claim === 'nbf') return 'the token is not valid yet';
  return `the claim ${claim} of the token is not the one that this API takes`;
}

function callerOf(payload: JWTPayload, userClaim: string): Caller {
  const { [userClaim]: userId = null, scope, sub } = payload;
  if (userId !== null && (typeof userId !== 'string' || userId === ''))
    throw refuse(`the claim ${userClaim} of the token is not a text`);
  const scopes = new Set(typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : []);
  return { subject: sub!, scopes, userId };
}
