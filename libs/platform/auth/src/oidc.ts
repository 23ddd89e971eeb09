import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Principal } from './roles.ts';
import { InvalidToken, principalOf, TokenVerifier } from './tokens.ts';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** Clocks of two machines are never the same. */
const CLOCK_TOLERANCE_S = 5;
/** A token is renewed before it expires by this. */
const RENEWED_BEFORE_MS = 60_000;
const AGAIN_AFTER_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;

export interface OidcOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
}

/** Tokens of an OIDC issuer. Its claims `roles` and `staffId` say who somebody is here, as in the platform's own tokens. */
export class OidcVerifier extends TokenVerifier {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(private readonly options: OidcOptions) {
    super();
    this.keys = createRemoteJWKSet(new URL(options.jwksUrl));
  }

  async verify(token: string): Promise<Principal> {
    const { issuer, audience } = this.options;
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        ...{ issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE_S },
        requiredClaims: ['sub', 'exp'],
      });
      return principalOf(payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new InvalidToken('The token has expired.', { cause: error });
      if (error instanceof errors.JWKSTimeout) throw error;
      if (error instanceof errors.JOSEError)
        throw new InvalidToken(`The token is not one of ${issuer} for ${audience}.`, { cause: error });
      throw error;
    }
  }
}

export interface ClientCredentials {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A service's own token from an OIDC issuer, renewed in time for as long as the service runs. */
export class ClientToken {
  private renewing: NodeJS.Timeout | undefined;
  private stopped = false;

  private constructor(
    private readonly credentials: ClientCredentials,
    private readonly report: (error: unknown) => void,
    private token: string,
  ) {}

  static async of(credentials: ClientCredentials, report: (error: unknown) => void): Promise<ClientToken> {
    const { token, lifetimeMs } = await granted(credentials);
    const client = new ClientToken(credentials, report, token);
    client.renewIn(lifetimeMs - RENEWED_BEFORE_MS);
    return client;
  }

  get current(): string {
    return this.token;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.renewing);
  }

  private renewIn(ms: number): void {
    if (this.stopped) return;
    this.renewing = setTimeout(() => void this.renew(), Math.max(AGAIN_AFTER_MS, ms)).unref();
  }

  private async renew(): Promise<void> {
    try {
      const { token, lifetimeMs } = await granted(this.credentials);
      this.token = token;
      this.renewIn(lifetimeMs - RENEWED_BEFORE_MS);
    } catch (error) {
      this.report(error);
      this.renewIn(AGAIN_AFTER_MS);
    }
  }
}

async function granted({ tokenUrl, clientId, clientSecret }: ClientCredentials) {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (!response.ok) throw new Error(`${tokenUrl} answered ${response.status} to ${clientId}`);
  const { access_token: token, expires_in: lifetimeS } = (await response.json()) as {
    readonly access_token: string;
    readonly expires_in?: number;
  };
  return { token, lifetimeMs: (lifetimeS ?? 300) * 1_000 };
}
