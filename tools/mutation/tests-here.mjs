// What tests of pure code use of '@jest/globals', without Jest: they are collected here and run by runner.mjs.
import { formatWithOptions } from 'node:util';
import { expect } from 'expect';

/** @type {{ id: string, run: () => unknown }[]} */
let collected = [];
let titles = [];

/** Calls `load`, which imports suites, and returns their tests. */
export async function testsOf(load) {
  collected = [];
  await load();
  return collected;
}

/** Titles of one suite begin with its file, so that equal titles of two suites stay two tests. */
export async function inSuite(name, load) {
  titles = [name];
  await load();
  titles = [];
}

function add(title, run) {
  const id = [...titles, title].join(' > ');
  const same = collected.filter((test) => test.id === id || test.id.startsWith(`${id} #`)).length;
  collected.push({ id: same === 0 ? id : `${id} #${same + 1}`, run });
}

function group(title, define) {
  titles.push(title);
  try {
    define();
  } finally {
    titles.pop();
  }
}

/** `each` takes rows; a row that is no list is one argument. */
const each = (of) => (rows) => (title, body) => {
  rows.forEach((row, index) => {
    const args = Array.isArray(row) ? row : [row];
    of(`${formatWithOptions({ breakLength: Infinity }, title, ...args)} (${index + 1})`, () => body(...args));
  });
};

export const describe = Object.assign(group, { each: each(group) });
export const it = Object.assign(add, { each: each(add) });
export const test = it;
export { expect };
