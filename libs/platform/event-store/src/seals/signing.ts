import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** The end of a log's chain on a day, as it is signed. */
export interface Root {
  readonly logId: string;
  /** `YYYY-MM-DD`, UTC, by recorded time. */
  readonly day: string;
  /** Position of the last event that it covers. */
  readonly position: bigint;
  readonly running: Uint8Array;
}

/** Ed25519. The private half never leaves its process; `id` is the beginning of the public half's SHA-256. */
export interface SealKey {
  readonly id: string;
  readonly publicPem: string;
  sign(root: Root): Buffer;
}

/** Public halves whose signatures count, by id. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

export function newSealKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
}

export function sealKey(privatePem: string): SealKey {
  const key = createPrivateKey(privatePem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('a seal is signed with a key of Ed25519');
  const publicKey = createPublicKey(key);
  return {
    id: idOf(publicKey),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString().trim(),
    sign: (root) => sign(null, signedBytes(root), key),
  };
}

/** One or more public keys in PEM. */
export function trustedKeys(pem: string): TrustedKeys {
  const keys = pem.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  return new Map(keys.map(createPublicKey).map((key) => [idOf(key), key]));
}

export function isSignedBy(trusted: TrustedKeys, keyId: string, root: Root, signature: Uint8Array): boolean {
  const key = trusted.get(keyId);
  return key !== undefined && verify(null, signedBytes(root), key, signature);
}

function signedBytes({ logId, day, position, running }: Root): Buffer {
  return Buffer.from(`kontor root v1\n${logId}\n${day}\n${position}\n${Buffer.from(running).toString('hex')}\n`);
}

function idOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}
