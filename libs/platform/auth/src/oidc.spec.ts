import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type CryptoKey, SignJWT } from 'jose';
import { ClientToken, OidcVerifier } from './oidc.ts';
import { InvalidToken } from './tokens.ts';

const ISSUER = 'https://issuer.example/realms/firm';

describe('tokens of an OIDC issuer', () => {
  let server: Server;
  let origin: string;
  let verifier: OidcVerifier;
  let key: CryptoKey;
  let stranger: CryptoKey;
  const asked: string[] = [];

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    key = pair.privateKey;
    stranger = (await generateKeyPair('RS256')).privateKey;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' };
    server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/keys') return response.end(JSON.stringify({ keys: [jwk] }));
      request.on('data', (chunk: Buffer) => asked.push(chunk.toString()));
      request.on('end', () => response.end(JSON.stringify({ access_token: 'granted', expires_in: 900 })));
      return undefined;
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    verifier = new OidcVerifier({ issuer: ISSUER, audience: 'kontor', jwksUrl: `${origin}/keys` });
  });
  afterAll(() => new Promise((done) => server.close(done)));

  const token = (claims: object, { by = key, audience = 'kontor', issuer = ISSUER, expires = '5m' } = {}) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('anna')
      .setExpirationTime(expires)
      .sign(by);

  it('X-07: say who somebody is by the claims roles and staffId', async () => {
    const claims = { roles: ['collector', 'offline_access'], staffId: 'b5b1' };
    expect(await verifier.verify(await token(claims))).toEqual({
      subject: 'anna',
      roles: ['collector'],
      staffId: 'b5b1',
    });
  });

  it('X-07: are refused when another one signed them, for another audience, of another issuer, too late or without a role', async () => {
    const roles = ['collector'];
    const wrong = [
      await token({ roles }, { by: stranger }),
      await token({ roles }, { audience: 'others' }),
      await token({ roles }, { issuer: 'https://else.example' }),
      await token({ roles }, { expires: '-1m' }),
      await token({ roles: ['nobody'] }),
      'no token',
    ];
    for (const one of wrong) await expect(verifier.verify(one)).rejects.toBeInstanceOf(InvalidToken);
  });

  it('X-07: a service gets its own by client credentials', async () => {
    const credentials = { tokenUrl: `${origin}/token`, clientId: 'kontor-services', clientSecret: 'secret' };
    const client = await ClientToken.of(credentials, () => undefined);
    expect(client.current).toBe('granted');
    expect(asked).toEqual(['grant_type=client_credentials&client_id=kontor-services&client_secret=secret']);
    client.stop();
  });
});
