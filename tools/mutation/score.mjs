// What a mutation run comes to, and whether it is enough. Pure; tools/mutation.mjs runs Stryker and prints this.

/** Mutants that no test can tell us about: they do not compile, or were left out by name with a reason. */
const NOT_COUNTED = new Set(['CompileError', 'RuntimeError', 'Ignored', 'Pending']);
const NOTICED = new Set(['Killed', 'Timeout']);

/**
 * @param {{ status: string }[]} mutants
 * @returns {{ noticed: number, counted: number, score: number }} score in percent with two decimals, rounded down, so
 *   that it is 100 only when every mutant was noticed; without mutants there was nothing to miss
 */
export function scoreOf(mutants) {
  const counted = mutants.filter(({ status }) => !NOT_COUNTED.has(status)).length;
  const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
  return { noticed, counted, score: counted === 0 ? 100 : Math.floor((noticed * 10_000) / counted) / 100 };
}

/** Those that no test noticed, in the order of the source. */
export function survivorsOf(mutants) {
  return mutants
    .filter(({ status }) => !NOT_COUNTED.has(status) && !NOTICED.has(status))
    .toSorted(
      (a, b) =>
        (a.fileName < b.fileName ? -1 : a.fileName > b.fileName ? 1 : 0) ||
        a.location.start.line - b.location.start.line ||
        a.location.start.column - b.location.start.column,
    );
}

/** @returns {{ [fileName: string]: { noticed: number, counted: number, score: number } }} the worst first */
export function scoresByFile(mutants) {
  const files = Map.groupBy(mutants, ({ fileName }) => fileName);
  return Object.fromEntries(
    [...files]
      .map(([name, own]) => [name, scoreOf(own)])
      .filter(([, { counted }]) => counted > 0)
      .toSorted(([one, a], [other, b]) => a.score - b.score || (one < other ? -1 : 1)),
  );
}

/**
 * @param {string} library
 * @param {number} score
 * @param {number | undefined} floor
 * @returns {{ held: boolean, sentence: string, raise?: number }} raise: the floor that this run would allow
 */
export function verdict(library, score, floor) {
  if (floor === undefined) {
    return { held: false, sentence: `${library}: ${score} %, and no floor yet. --raise writes it.`, raise: score };
  }
  if (score < floor) return { held: false, sentence: `${library}: ${score} % is below its floor of ${floor} %.` };
  if (score > floor) {
    return {
      held: true,
      sentence: `${library}: ${score} %, so the floor of ${floor} % can rise (--raise).`,
      raise: score,
    };
  }
  return { held: true, sentence: `${library}: ${score} %, which is its floor.` };
}

/**
 * @param {string[]} asked libraries, folders or files, as paths from the root; none means all libraries
 * @param {string[]} libraries
 * @returns {{ library: string, parts: string[] }[]} parts: the files or folders asked for; empty means the whole library
 */
export function planOf(asked, libraries) {
  const paths = asked.map((path) => path.replace(/^\.\//, '').replace(/\/+$/, ''));
  const stranger = paths.find(
    (path) => !libraries.some((library) => path === library || path.startsWith(`${library}/`)),
  );
  if (stranger !== undefined) throw new Error(`${stranger} is in none of: ${libraries.join(', ')}.`);
  return libraries
    .filter((library) => paths.length === 0 || paths.some((path) => `${path}/`.startsWith(`${library}/`)))
    .map((library) => ({
      library,
      parts: paths.includes(library) ? [] : paths.filter((path) => path.startsWith(`${library}/`)),
    }));
}
