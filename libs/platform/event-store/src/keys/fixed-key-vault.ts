import { createHash } from 'node:crypto';
import { type KeyState, KeyVault, SubjectErased } from '../vault.ts';
import { sealWith, unsealWith } from './sealing.ts';

const IV_BYTES = 12;

/** For tests, in memory: key and seal follow from subject and text, so that sealed events can be compared exactly. No protection. */
export function fixedKeyVault(): KeyVault {
  return new FixedKeyVault();
}

class FixedKeyVault extends KeyVault {
  private readonly destroyed = new Set<string>();

  override prepare(subjects: readonly string[], purpose: 'seal' | 'unseal'): Promise<void> {
    const erased = purpose === 'seal' ? subjects.find((subject) => this.destroyed.has(subject)) : undefined;
    return erased === undefined ? Promise.resolve() : Promise.reject(new SubjectErased(erased));
  }

  override seal(subject: string, plain: string): string {
    return sealWith(digest(subject), subject, plain, digest(`${subject}|${plain}`).subarray(0, IV_BYTES));
  }

  override unseal(subject: string, sealed: string): string | null {
    return this.destroyed.has(subject) ? null : unsealWith(digest(subject), subject, sealed);
  }

  override destroy(subject: string): Promise<void> {
    this.destroyed.add(subject);
    return Promise.resolve();
  }

  override keyOf(subject: string): Promise<KeyState> {
    return Promise.resolve(this.destroyed.has(subject) ? 'destroyed' : 'kept');
  }

  override destroyedSubjects(): Promise<readonly string[]> {
    return Promise.resolve([...this.destroyed].sort());
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
