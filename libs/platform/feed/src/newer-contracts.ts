import { NewerContract } from './errors.ts';

const VERSIONED = /^(.+\.v)([1-9][0-9]{0,5})$/;

/**
 * A contract of a version that came after those a consumer was written for: an older process beside newer publishers. To pass it over
 * would lose what it says without a word, so its stream waits for the code that knows it.
 */
export function isNewer(known: object, type: string): boolean {
  const [, name, version] = VERSIONED.exec(type) ?? [];
  if (name === undefined) return false;
  let highest = 0;
  for (const one of Object.keys(known)) {
    const [, sameName, knownVersion] = VERSIONED.exec(one) ?? [];
    if (sameName === name) highest = Math.max(highest, Number(knownVersion));
  }
  return highest > 0 && Number(version) > highest;
}

/** Throws NewerContract. `known` has a consumer's contract types as keys. */
export function refuseNewer(consumer: string, known: object, type: string): void {
  if (isNewer(known, type)) throw new NewerContract(consumer, type);
}

/** Which events a consumer has to do with: those it knows, and newer versions of them. Asked once for each type. */
export function concerning(known: Iterable<string>, versions: object): (type: string) => boolean {
  const answers = new Map(Array.from(known, (type) => [type, true]));
  return (type) => {
    let answer = answers.get(type);
    if (answer === undefined) answers.set(type, (answer = isNewer(versions, type)));
    return answer;
  };
}
