// Gives every package the same three targets, so that no library needs a project.json.
import { dirname } from 'node:path';

export const createNodesV2 = [
  '{apps,libs}/**/package.json',
  (files) =>
    files.map((file) => {
      const root = dirname(file);
      const run = (command) => ({ command, options: { cwd: '{workspaceRoot}' } });
      return [
        file,
        {
          projects: {
            [root]: {
              root,
              targets: {
                typecheck: run(`tsc -p ${root}/tsconfig.json`),
                lint: run(`eslint ${root}`),
                test: run(
                  `node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --passWithNoTests ${root}/`,
                ),
              },
            },
          },
        },
      ];
    }),
];
