// Errors only: what is worth saying is worth stopping for. The formatting is Prettier's.
// Every rule of ours has a deliberate violation in tools/lint-fixtures, and tools/lint.spec.ts expects its error.
import { builtinModules } from 'node:module';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// The boundary rule skips itself, with exit 0, when no project graph is cached. Computing it here also lets it see
// packages that were added a moment ago. No daemon: nothing may be left running behind a lint.
process.env.NX_DAEMON = 'false';
await createProjectGraphAsync({ exitOnError: true });

const CONTEXTS = ['accounts', 'orders', 'receivables', 'warranty'];

// Two dimensions. type: which kind of code may know which kind. scope: whose. All constraints that fit must hold.
const constraints = [
  { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: [], allowedExternalImports: [] },
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: ['type:kernel'], allowedExternalImports: [] },
  {
    sourceTag: 'type:domain',
    onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts'],
    allowedExternalImports: [],
  },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:kernel', 'type:platform'] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:kernel', 'type:platform', 'type:contracts'] },
  ...CONTEXTS.flatMap((context) => [
    // A domain sees nobody's contracts but its own.
    {
      allSourceTags: ['type:domain', `scope:${context}`],
      onlyDependOnLibsWithTags: ['type:kernel', `scope:${context}`],
    },
    // A service sees its own domain, and of the others what they publish.
    {
      allSourceTags: ['type:app', `scope:${context}`],
      onlyDependOnLibsWithTags: [`scope:${context}`, 'type:contracts', 'type:platform', 'type:kernel'],
    },
  ]),
  {
    allSourceTags: ['type:app', 'scope:insights'],
    onlyDependOnLibsWithTags: ['type:contracts', 'type:platform', 'type:kernel'],
  },
  {
    allSourceTags: ['type:app', 'scope:kontor'],
    onlyDependOnLibsWithTags: ['type:app', 'type:contracts', 'type:platform', 'type:kernel'],
  },
  { sourceTag: 'type:web', onlyDependOnLibsWithTags: ['type:contracts', 'type:kernel'] },
];

/** What tests of pure code may import besides: the tools of tests, and what they are compared with. */
const TEST_TOOLS = ['@jest/globals', 'fast-check', 'ajv/dist/2020.js', 'ajv-formats', 'kafkajs'];

/** The same boundaries for tests, which may besides use the testing library. */
const constraintsOfTests = constraints.map((constraint) => ({
  ...constraint,
  onlyDependOnLibsWithTags: [...constraint.onlyDependOnLibsWithTags, 'type:testing'],
  ...(constraint.allowedExternalImports && { allowedExternalImports: TEST_TOOLS }),
}));

const boundaries = (depConstraints) => [
  'error',
  {
    allow: [],
    enforceBuildableLibDependency: false,
    // Tests of the platform use the testing library, which uses the platform: a circle of packages, not of modules.
    ignoredCircularDependencies: [['@kontor/testing', '*']],
    depConstraints,
  },
];

const TESTS = ['**/*.spec.ts', '**/*.scenarios.ts', 'libs/testing/**/*.ts', 'e2e/**/*.ts', 'bench/**/*.ts'];
const PURE = ['libs/kernel/src/**/*.ts', 'libs/*/domain/src/**/*.ts', 'libs/*/contracts/src/**/*.ts'];

const NO_SKIPS = [
  {
    selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|failing)$/]',
    message: 'No skips, no focus: a suite that cannot run is left out by name in tools/test.mjs.',
  },
  { selector: 'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]', message: 'No skips, no focus.' },
];
const NO_ENVIRONMENT = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Only *.config.ts reads process.env; pass what it found.',
};
const ONLY_DETERMINISTIC = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'No clock here: time comes in.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'No clock here: time comes in.' },
  { selector: 'Decorator', message: 'No decorators here: this code knows no framework.' },
];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/coverage/',
      '**/reports/',
      '**/dist/',
      '.nx/',
      '.kontor/',
      '.stryker-tmp/',
      'apps/console/',
      'tools/lint-fixtures/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.mjs'],
    languageOptions: { parserOptions: { ecmaVersion: 'latest', sourceType: 'module' } },
    rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error', 'no-unused-vars': 'error' },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin, '@nx': nx },
    // One program for the whole repository: with one per package, the libraries would be read again for each.
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: ['tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(constraints),

      // Every promise is awaited; no error is swallowed.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      'no-empty': 'error',
      'no-unsafe-finally': 'error',

      // The compiler is told the truth, and told everything.
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-non-null-asserted-optional-chain': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false, allowDefaultCaseForExhaustiveSwitch: false },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-base-to-string': 'error',
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],

      // What nobody uses goes.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unused-expressions': 'error',
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-constant-binary-expression': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',

      'no-restricted-syntax': ['error', NO_ENVIRONMENT],
    },
  },
  { files: ['**/*.config.ts', 'tools/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    // Kernel, domains and contracts: no npm package (the boundaries say so), no Node, no clock, no dice, no framework.
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: builtinModules.map((name) => ({ name, message: 'No Node here: this code is pure.' })),
          patterns: [{ regex: '^node:', message: 'No Node here: this code is pure.' }],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'No clock here: time comes in.' },
        { object: 'Math', property: 'random', message: 'No dice here: ids and choices come in.' },
      ],
      'no-restricted-syntax': ['error', NO_ENVIRONMENT, ...ONLY_DETERMINISTIC],
    },
  },
  {
    files: TESTS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(constraintsOfTests),
      'no-restricted-syntax': ['error', ...NO_SKIPS],
    },
  },
);
