import tseslint from 'typescript-eslint';

/** Rooms that must stay deterministic: no clock, chance, process or I/O of their own (STYLE: rooms). */
const pureRooms = ['contracts/**/*.ts', 'learning/**/*.ts', 'models/*/**/*.ts', 'workflows/**/*.ts'];
const tests = ['**/*.test.ts', 'tests/**/*.ts', 'models/*/fixtures/**/*.ts', 'vitest.config.ts'];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'coverage', '.ml-services', '**/*.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-non-null-assertion': 'off', // typed-array access under noUncheckedIndexedAccess
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      complexity: ['error', 12],
      'max-depth': ['error', 4],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      eqeqeq: 'error',
    },
  },
  {
    // Settings reach everything else as arguments, so that a test or a second platform in one process can have its own.
    files: ['**/*.ts'],
    ignores: [...tests, 'platform/config/environment.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'read it through platform/config/environment.ts' },
      ],
    },
  },
  {
    // Types stand in comments there, which the linter does not see where a value without a type is given one.
    files: ['**/*.mjs'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-return': 'off' },
  },
  {
    // Temporal's SDK starts the default export for a workflow type that does not exist.
    files: ['workflows/index.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: pureRooms,
    ignores: tests,
    rules: {
      'no-restricted-globals': ['error', 'process', 'console', 'fetch', 'setTimeout', 'setInterval', 'performance'],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*', 'fs', 'path', 'crypto'], message: 'pure room' }] },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'take a seeded generator from the caller' },
        { object: 'Date', property: 'now', message: 'take the time from the caller' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'take the time from the caller' },
      ],
    },
  },
  {
    files: tests,
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      'no-restricted-exports': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/require-await': 'off',
    },
  },
);
