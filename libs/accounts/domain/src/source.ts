/** Where an imported thing came from and what the source said of it, so that a later import can be compared field by field. */
export interface Source {
  readonly system: string;
  readonly identity: string;
  readonly content: { readonly [field: string]: string };
}

/** Names of the fields in which two contents differ, in alphabetical order. A field that is missing counts as empty. */
export function differingFields(known: Source['content'], told: Source['content']): readonly string[] {
  const names = new Set([...Object.keys(known), ...Object.keys(told)]);
  return [...names].filter((name) => (known[name] ?? '') !== (told[name] ?? '')).sort();
}
