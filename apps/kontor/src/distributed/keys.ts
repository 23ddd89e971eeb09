import { readFileSync } from 'node:fs';
import { ClientToken, OidcVerifier, OwnIssuer, type TokenVerifier } from '@kontor/auth';
import { sealKey, trustedKeys } from '@kontor/event-store';
import type { Logger } from 'pino';
import type { Seals } from '../composition/platform.ts';
import { environment } from '../kontor.config.ts';
import { StartFault } from '../start-fault.ts';

const TOKEN_LIFETIME_S = 86_400;
const TOKEN_RENEWED_MS = 3_600_000;

/** Whose tokens are believed, and the token with which this service reads the history of the others. */
export interface Identity {
  readonly verifier: TokenVerifier;
  /** Mints tokens; null: they come from an OIDC issuer. */
  readonly issuer: OwnIssuer | null;
  readonly token: { readonly current: string; stop(): void };
}

/** By an OIDC issuer where one is configured, else by the key that all processes share. */
export async function identityOf(service: string, logger: Logger): Promise<Identity> {
  const { oidcIssuer, oidcAudience, oidcJwksUrl, oidcTokenUrl, oidcClientId, oidcClientSecret } = environment;
  if (oidcIssuer === undefined) {
    const issuer = await sharedIssuer();
    return { verifier: issuer, issuer, token: await OwnToken.of(issuer, service) };
  }
  const verifier = new OidcVerifier({
    ...{ issuer: oidcIssuer, audience: oidcAudience },
    jwksUrl: required('KONTOR_OIDC_JWKS_URL', oidcJwksUrl),
  });
  const credentials = {
    tokenUrl: required('KONTOR_OIDC_TOKEN_URL', oidcTokenUrl),
    clientId: oidcClientId,
    clientSecret: required('KONTOR_OIDC_CLIENT_SECRET', oidcClientSecret),
  };
  const report = (error: unknown) => logger.warn({ err: error }, 'the token of this service could not be renewed');
  return { verifier, issuer: null, token: await ClientToken.of(credentials, report) };
}

export function sharedSeals(): Seals {
  const { sealPublicKeysFile } = environment;
  const key = keyIn(
    'KONTOR_SEAL_KEY_FILE',
    required('KONTOR_SEAL_KEY_FILE', environment.sealKeyFile),
    sealKey,
    'private key',
  );
  const trusted = (pem: string) => trustedKeys(`${pem}\n${key.publicPem}`);
  if (sealPublicKeysFile === undefined) return { key, trusted: trusted('') };
  return { key, trusted: keyIn('KONTOR_SEAL_PUBLIC_KEYS_FILE', sealPublicKeysFile, trusted, 'public keys') };
}

function keyIn<Key>(name: string, file: string, parse: (pem: string) => Key, what: string): Key {
  const pem = content(file);
  try {
    return parse(pem);
  } catch (error) {
    throw new StartFault(`${name} names ${file}, which holds no ${what} as PEM (Ed25519).`, { cause: error });
  }
}

async function sharedIssuer(): Promise<OwnIssuer> {
  const file = required('KONTOR_SIGNING_KEY_FILE', environment.signingKeyFile);
  try {
    return await OwnIssuer.fromJwk(JSON.parse(content(file)) as OwnIssuer['privateJwk']);
  } catch (error) {
    if (error instanceof StartFault) throw error;
    throw new StartFault(`KONTOR_SIGNING_KEY_FILE names ${file}, which holds no private key as JWK.`, { cause: error });
  }
}

/** A token that the service mints for itself, anew in time. */
class OwnToken {
  private readonly renewing: NodeJS.Timeout;

  private constructor(
    private readonly mint: () => Promise<string>,
    private token: string,
  ) {
    this.renewing = setInterval(() => void this.renew(), TOKEN_RENEWED_MS).unref();
  }

  static async of(issuer: OwnIssuer, service: string): Promise<OwnToken> {
    const mint = () =>
      issuer.mint({ subject: `service:${service}`, roles: ['service-account'], lifetimeS: TOKEN_LIFETIME_S });
    return new OwnToken(mint, await mint());
  }

  get current(): string {
    return this.token;
  }

  stop(): void {
    clearInterval(this.renewing);
  }

  private async renew(): Promise<void> {
    this.token = await this.mint();
  }
}

function required(name: string, value: string | undefined): string {
  if (value === undefined) throw new StartFault(`${name} is not set; a service process needs it.`);
  return value;
}

function content(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new StartFault(`${file} cannot be read.`, { cause: error });
  }
}
