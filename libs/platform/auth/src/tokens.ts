import { errors, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK, jwtVerify, SignJWT } from 'jose';
import { type Principal, type Role, ROLES } from './roles.ts';

const ALGORITHM = 'ES256';
const ISSUER = 'kontor';
const MAX_CACHED_TOKENS = 1_000;

export class InvalidToken extends Error {
  constructor(reason: string, options?: { cause: unknown }) {
    super(reason, options);
    this.name = 'InvalidToken';
  }
}

/** Turns a bearer token into a principal, or throws InvalidToken with a sentence for the caller. */
export abstract class TokenVerifier {
  abstract verify(token: string): Promise<Principal>;
}

export interface TokenRequest {
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly staffId?: string | null;
  /** Seconds until it expires. */
  readonly lifetimeS: number;
}

/** The embedded platform's own issuer: one ES256 key in the data folder. */
export class OwnIssuer extends TokenVerifier {
  // A verified token stays good until it expires: the signature is checked once, not at every request.
  private readonly verified = new Map<string, { principal: Principal; expiresAtS: number }>();

  private constructor(
    private readonly key: CryptoKey | Uint8Array,
    private readonly publicKey: CryptoKey | Uint8Array,
    readonly privateJwk: JWK,
  ) {
    super();
  }

  static async create(): Promise<OwnIssuer> {
    const pair = await generateKeyPair(ALGORITHM, { extractable: true });
    return OwnIssuer.fromJwk(await exportJWK(pair.privateKey));
  }

  static async fromJwk(jwk: JWK): Promise<OwnIssuer> {
    const { d: _d, ...publicJwk } = jwk;
    return new OwnIssuer(await importJWK(jwk, ALGORITHM), await importJWK(publicJwk, ALGORITHM), jwk);
  }

  async mint(request: TokenRequest): Promise<string> {
    return new SignJWT({ roles: [...request.roles], staffId: request.staffId ?? null })
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setAudience(ISSUER)
      .setSubject(request.subject)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + request.lifetimeS)
      .sign(this.key);
  }

  async verify(token: string): Promise<Principal> {
    const known = this.verified.get(token);
    if (known !== undefined) {
      if (known.expiresAtS * 1000 > Date.now()) return known.principal;
      this.verified.delete(token);
      throw new InvalidToken('The token has expired.');
    }
    try {
      const { payload } = await jwtVerify(token, this.publicKey, {
        issuer: ISSUER,
        audience: ISSUER,
        algorithms: [ALGORITHM],
        requiredClaims: ['sub', 'exp'],
      });
      const principal = principalOf(payload);
      if (this.verified.size >= MAX_CACHED_TOKENS) this.verified.clear();
      this.verified.set(token, { principal, expiresAtS: payload.exp as number });
      return principal;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new InvalidToken('The token has expired.', { cause: error });
      if (error instanceof errors.JOSEError)
        throw new InvalidToken('The token is not one of this platform.', { cause: error });
      throw error;
    }
  }
}

/** Of a verified token; throws InvalidToken where it names nobody that Kontor knows. */
export function principalOf(payload: { sub?: string; [claim: string]: unknown }): Principal {
  const roles = Array.isArray(payload['roles'])
    ? payload['roles'].filter((role): role is Role => ROLES.includes(role as Role))
    : [];
  const staffId = payload['staffId'];
  if (payload.sub === undefined || roles.length === 0)
    throw new InvalidToken('The token names no subject or no role that Kontor knows.');
  return { subject: payload.sub, roles, staffId: typeof staffId === 'string' ? staffId : null };
}
