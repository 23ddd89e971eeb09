import type { SealedText } from '@kontor/kernel';

/** A contract as a projection with `personal: true` gets it: sealed fields are text, or null once their key is gone. */
export type Unsealed<Data> = {
  readonly [Field in keyof Data]: SealedText extends Data[Field] ? string | null : Data[Field];
};
