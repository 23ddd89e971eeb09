import type { Codec, EventCodec } from '@kontor/kernel';

/**
 * What the log is full of, by category: the stored name of the present version of each event, and which personal fields it seals
 * under whose key. None of these may change without an upcast, and no personal field may lose its seal.
 */
export function storedNames(
  aggregates: readonly { readonly category: string; readonly codec: Codec }[],
): readonly (readonly [category: string, events: readonly string[]])[] {
  return aggregates.map(({ category, codec }) => [
    category,
    Object.entries<EventCodec>(codec.events).map(
      ([type, { version, personal }]) =>
        `${codec.context}.${type}.v${version}` +
        (personal === undefined ? '' : `: ${personal.subject} seals ${personal.fields.join(', ')}`),
    ),
  ]);
}
