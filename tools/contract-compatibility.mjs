// Whether a contract may be published under the name that it had at the last release. Consumers hold records of the old
// schema and get records of the new one, so within a version both must fit both schemas. That leaves very little, and this
// module allows just that: everything is as it was, but an object may have more fields, optional ones, and words for people
// may change. Every keyword counts, also one that is new to this module, so nothing is judged compatible by not being known.

/** @typedef {{ readonly [keyword: string]: unknown }} Schema */
/** @typedef {{ readonly [type: string]: Schema }} Contracts */

/** For people only; no record is valid or invalid by them. */
const WORDS = new Set(['description', 'title', 'examples', '$comment', 'deprecated']);
/** Keywords that are compared part by part, so that a fault names the field. */
const PARTS = new Set(['properties', 'required', 'items', 'additionalProperties', 'anyOf']);

/**
 * @param {Contracts} released by type, at the last release
 * @param {Contracts} current
 * @returns {string[]} one sentence per fault, naming contract and field
 */
export function incompatibilities(released, current) {
  return Object.entries(released).flatMap(([type, schema]) => {
    const now = current[type];
    if (now === undefined) return [`${type} was released and is gone: consumers of it would wait for ever`];
    return schemaFaults(schema, now, '').map(({ path, why }) => `${type}: ${path === '' ? 'it' : path} ${why}`);
  });
}

/** @param {unknown} before @param {unknown} now @param {string} path @returns {{ path: string, why: string }[]} */
function schemaFaults(before, now, path) {
  if (!isObject(before) || !isObject(now))
    return same(before, now) ? [] : [{ path, why: `was ${text(before)} and is ${text(now)}` }];
  const keywords = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [
    ...[...keywords]
      .filter((keyword) => !WORDS.has(keyword) && !PARTS.has(keyword) && !same(before[keyword], now[keyword], keyword))
      .map((keyword) => ({ path, why: changed(keyword, before[keyword], now[keyword]) })),
    ...fieldFaults(before, now, path),
    ...partFaults('items', before, now, `${path}[]`),
    ...partFaults('additionalProperties', before, now, inside(path, '*')),
    ...choiceFaults(before.anyOf, now.anyOf, path),
  ];
}

function fieldFaults(before, now, path) {
  const [fields, fieldsNow] = [before.properties ?? {}, now.properties ?? {}];
  const [required, requiredNow] = [new Set(before.required), new Set(now.required)];
  const known = Object.keys(fields).flatMap((name) => {
    const field = inside(path, name);
    if (!(name in fieldsNow)) return [{ path: field, why: 'was released and is gone' }];
    const faults = schemaFaults(fields[name], fieldsNow[name], field);
    if (required.has(name) && !requiredNow.has(name))
      faults.push({ path: field, why: 'was required and is optional: consumers count on it' });
    if (!required.has(name) && requiredNow.has(name))
      faults.push({ path: field, why: 'was optional and is required: records of the last release may lack it' });
    return faults;
  });
  const closed = before.additionalProperties !== undefined && before.additionalProperties !== true;
  const added = Object.keys(fieldsNow)
    .filter((name) => !(name in fields))
    .flatMap((name) => {
      const field = inside(path, name);
      if (requiredNow.has(name))
        return [{ path: field, why: 'is new and required: records of the last release lack it; make it optional' }];
      return closed ? [{ path: field, why: 'is new where no other fields were allowed' }] : [];
    });
  // A required name without a schema of its own is a field, too.
  const unnamed = [...new Set([...required, ...requiredNow])]
    .filter((name) => !(name in fields) && !(name in fieldsNow) && required.has(name) !== requiredNow.has(name))
    .map((name) => ({ path: inside(path, name), why: 'is required in one of the two only' }));
  return [...known, ...added, ...unnamed];
}

function partFaults(keyword, before, now, path) {
  if (before[keyword] === undefined && now[keyword] === undefined) return [];
  return schemaFaults(before[keyword], now[keyword], path);
}

/** Choices have no order. What is the same on both sides goes, and if one is left on each, it is that one that changed. */
function choiceFaults(before, now, path) {
  if (before === undefined && now === undefined) return [];
  if (!Array.isArray(before) || !Array.isArray(now)) return [{ path, why: changed('anyOf', before, now) }];
  const gone = without(before, now);
  const added = without(now, before);
  if (gone.length === 0 && added.length === 0) return [];
  if (gone.length === 1 && added.length === 1) return schemaFaults(gone[0], added[0], path);
  return [{ path, why: `was one of ${text(before)} and is one of ${text(now)}` }];
}

const without = (choices, others) => choices.filter((choice) => !others.some((other) => same(choice, other)));
const inside = (path, name) => (path === '' ? name : `${path}.${name}`);
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

function changed(keyword, before, now) {
  if (before === undefined) return `is narrowed by ${keyword} ${text(now)}`;
  if (now === undefined) return `has lost its ${keyword} ${text(before)}`;
  return `had ${keyword} ${text(before)} and has ${text(now)}`;
}

const text = (value, keyword) => (value === undefined ? 'anything' : JSON.stringify(canonical(value, keyword)));
const same = (a, b, keyword) => text(a, keyword) === text(b, keyword);

/** Without words and in one order; the values of `enum` and `required` are sets. */
function canonical(value, keyword) {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    return keyword === 'enum' || keyword === 'required' || keyword === 'type'
      ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items;
  }
  if (!isObject(value)) return value;
  const names = Object.keys(value).toSorted();
  // Below `properties` a name is a field's, whatever keyword it looks like.
  const kept = keyword === 'properties' ? names : names.filter((name) => !WORDS.has(name));
  return Object.fromEntries(kept.map((name) => [name, canonical(value[name], keyword === 'properties' ? '' : name)]));
}
