/** English country names, as ISO 3166 names them, to their codes. A name that is not among them stays text. */
const CODES: ReadonlyMap<string, string> = (() => {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return new Map(
    letters.flatMap((first) =>
      letters.flatMap((second): [string, string][] => {
        const name = names.of(first + second);
        return name === undefined ? [] : [[name.toLowerCase(), first + second]];
      }),
    ),
  );
})();

export function countryCode(name: string): string | null {
  return CODES.get(name.trim().toLowerCase()) ?? null;
}
