// The arithmetic of tools/test.mjs.
import { relative } from 'node:path';

/**
 * @param {{ name: string, label: string, present: boolean, suites: string[] }[]} needs
 * @param {string[]} required names whose absence is a failure
 * @returns {{ lines: string[], missing: string[] }} what was left out, and which of it should not have been
 */
export function leftOut(needs, required) {
  const absent = needs.filter(({ present, suites }) => !present && suites.length > 0);
  return {
    lines: absent.map(({ label }) => label),
    missing: absent.filter(({ name }) => required.includes(name)).map(({ label }) => label),
  };
}

/**
 * @param {object | undefined} jest Jest's own JSON report; undefined when it did not live to write one
 * @param {number} code its exit code
 * @param {string} root what the names of the suites are told from
 * @returns {{ passed: number, failed: string[], leftOut: string[] }} one name for everything that failed
 */
export function closing(jest, code, root) {
  if (jest === undefined) return { passed: 0, failed: [`Jest ended with ${code} and no report`], leftOut: [] };
  const failed = jest.testResults.flatMap(({ name: path, status, assertionResults }) => {
    const name = relative(root, path);
    const tests = assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => `${name}: ${test.fullName}`);
    // A suite that could not be loaded has no tests that could fail.
    return tests.length === 0 && status === 'failed' ? [`${name}: the suite did not run`] : tests;
  });
  // For instance an error of the teardown, or a file that changed its mind after its tests.
  if (code !== 0 && failed.length === 0) failed.push(`Jest ended with ${code}`);
  const skipped = jest.numPendingTests + jest.numTodoTests;
  return { passed: jest.numPassedTests, failed, leftOut: skipped === 0 ? [] : [`${skipped} skipped tests`] };
}
