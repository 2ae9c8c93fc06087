import { SignJWT } from 'jose';
import type { ApiSettings } from '../../platform/config/config.js';

/** What a token is to allow. */
export interface TokenRequest {
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly seconds: number;
  /** Restricts the token to this customer. */
  readonly userId?: string | undefined;
}

/** A token for this installation's API, signed with HS256 by its secret. */
export function signToken(
  { issuer, audience, userClaim }: ApiSettings,
  secret: string,
  { subject, scopes, seconds, userId }: TokenRequest,
): Promise<string> {
  const claims = { scope: scopes.join(' '), ...(userId === undefined ? {} : { [userClaim]: userId }) };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${seconds} seconds`)
    .sign(new TextEncoder().encode(secret));
}
