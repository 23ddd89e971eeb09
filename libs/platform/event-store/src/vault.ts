/**
 * Keys of personal data, one per subject, outside the log. `seal` creates a subject's key at first use; `unseal` gives null
 * once the key is destroyed.
 */
export abstract class KeyVault {
  /** Makes sure that the keys of these subjects are in memory, so that sealing and unsealing are synchronous. */
  abstract prepare(subjects: readonly string[], purpose: 'seal' | 'unseal'): Promise<void>;
  abstract seal(subject: string, plain: string): string;
  abstract unseal(subject: string, sealed: string): string | null;
}
