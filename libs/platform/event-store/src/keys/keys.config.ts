export interface KeyVaultLimits {
  /** Keys kept in memory; those in use just now are kept beyond it. */
  readonly maxCachedKeys: number;
  /** A key destroyed by another process is still used here for at most this long. */
  readonly maxCacheAgeMs: number;
  /** Keys prepared within this time are not pushed out: somebody is about to use them. */
  readonly minCacheAgeMs: number;
}

export const KEY_VAULT_LIMITS: KeyVaultLimits = {
  maxCachedKeys: 50_000,
  maxCacheAgeMs: 15_000,
  minCacheAgeMs: 5_000,
};
