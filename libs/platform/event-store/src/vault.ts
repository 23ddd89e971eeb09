/** `none`: nothing was ever sealed for this subject. */
export type KeyState = 'kept' | 'destroyed' | 'none';

/**
 * Keys of personal data, one per subject, outside the log. `seal` creates a subject's key at first use; `unseal` gives null
 * once the key is destroyed. Sealing and unsealing are synchronous and want their subjects prepared just before.
 */
export abstract class KeyVault {
  /**
   * Makes sure that the keys of these subjects are in memory. For `seal` missing keys are made, and a destroyed one throws
   * SubjectErased: nothing new may be kept about a person who was erased.
   */
  abstract prepare(subjects: readonly string[], purpose: 'seal' | 'unseal'): Promise<void>;
  abstract seal(subject: string, plain: string): string;
  abstract unseal(subject: string, sealed: string): string | null;
  /** For good: whatever was sealed for this subject, anywhere, can never be read again. */
  abstract destroy(subject: string): Promise<void>;
  abstract keyOf(subject: string): Promise<KeyState>;
  /** Every subject whose key was destroyed, ordered. */
  abstract destroyedSubjects(): Promise<readonly string[]>;
  /** Drops what memory holds of these keys, so that a destruction by another process is seen at the next look. */
  forget(_subjects: readonly string[]): void {}
  /** Looks for keys that other processes destroyed, and drops what memory holds when there are new ones. */
  async look(): Promise<void> {}
  /** Calls back once a destruction is known here, whoever made it: what was unsealed and kept in memory goes then. */
  onDestroyed(_listener: () => void): void {}
}

export class SubjectErased extends Error {
  constructor(readonly subject: string) {
    super(`the key of ${subject} was destroyed`);
    this.name = 'SubjectErased';
  }
}
