import { existsSync, readFileSync } from 'node:fs';
import { OwnIssuer } from '@kontor/auth';
import { sealKey, trustedKeys } from '@kontor/event-store';
import type { Seals } from '../composition/platform.ts';
import { environment } from '../kontor.config.ts';
import { StartFault } from '../start-fault.ts';

const TOKEN_LIFETIME_S = 86_400;
const TOKEN_RENEWED_MS = 3_600_000;

/** The key that all processes share signs and verifies their tokens. */
export async function sharedIssuer(): Promise<OwnIssuer> {
  const file = required('KONTOR_SIGNING_KEY_FILE', environment.signingKeyFile);
  try {
    return await OwnIssuer.fromJwk(JSON.parse(content(file)) as OwnIssuer['privateJwk']);
  } catch (error) {
    if (error instanceof StartFault) throw error;
    throw new StartFault(`KONTOR_SIGNING_KEY_FILE names ${file}, which holds no private key as JWK.`, { cause: error });
  }
}

export function sharedSeals(): Seals {
  const key = sealKey(content(required('KONTOR_SEAL_KEY_FILE', environment.sealKeyFile)));
  const { sealPublicKeysFile } = environment;
  const more = sealPublicKeysFile === undefined || !existsSync(sealPublicKeysFile) ? '' : content(sealPublicKeysFile);
  return { key, trusted: trustedKeys(`${more}\n${key.publicPem}`) };
}

/** The token with which a service reads the history of the others. */
export class ServiceToken {
  private readonly renewing: NodeJS.Timeout;

  private constructor(
    private readonly mint: () => Promise<string>,
    private token: string,
  ) {
    this.renewing = setInterval(() => void this.renew(), TOKEN_RENEWED_MS).unref();
  }

  static async of(issuer: OwnIssuer, service: string): Promise<ServiceToken> {
    const mint = () =>
      issuer.mint({ subject: `service:${service}`, roles: ['service-account'], lifetimeS: TOKEN_LIFETIME_S });
    return new ServiceToken(mint, await mint());
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
