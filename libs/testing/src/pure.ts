// Of the testing library what tests of pure libraries use: it starts nothing and loads nothing that does.
export { goldenEvents, goldenFiles } from './golden-files.ts';
export { given } from './given-when-then.ts';
export { storedNames } from './stored-names.ts';
