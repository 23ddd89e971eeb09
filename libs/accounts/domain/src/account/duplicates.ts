/** Legal forms and connecting words that two spellings of one company rarely agree on. */
const FORMS = new Set(
  'gmbh ag kg ohg ug se eg ev co inc ltd llc llp plc corp corporation company limited incorporated sa sarl sas spa srl bv nv ab as oy oyj and und the'.split(
    ' ',
  ),
);

/**
 * A name as duplicates are looked for: without accents, case, punctuation, spaces and legal form. A name that is nothing
 * but a legal form stays whole.
 */
export function normalisedName(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/gu, 'ss')
    .replace(/[.'’]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const telling = words.filter((word) => !FORMS.has(word));
  return (telling.length > 0 ? telling : words).join('');
}

/** A tax id as duplicates are looked for: letters and digits alone. Empty when there are none. */
export function normalisedTaxId(taxId: string): string {
  return taxId.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
}
