/** A link of this origin; parameters that are undefined are left out, the others stay in the order given. */
export function link(path: string, parameters: { readonly [name: string]: string | undefined }): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.append(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
