// fast-check as mutation runs use it. The same dice each time, so that a score is the same number in every run; few
// rolls, because thousands of mutants are judged (so exact examples carry the score); and no search for a smaller
// counterexample that nobody reads.
import fc from '../../node_modules/fast-check/lib/fast-check.js';

const PARAMETERS = { seed: 20_260_101, numRuns: 5, endOnFailure: true };

export default { ...fc, assert: (property, own) => fc.assert(property, { ...own, ...PARAMETERS }) };
