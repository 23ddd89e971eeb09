import { Command, CommanderError } from 'commander';
import { addBackupCommands } from './cli/backup-commands.ts';
import { CliContext } from './cli/context.ts';
import { CliFault } from './cli/cli-fault.ts';
import { addDemoCommand } from './cli/demo-command.ts';
import { addDunningCommands } from './cli/dunning-commands.ts';
import { addErasureCommand } from './cli/erasure-command.ts';
import { addFigureCommands } from './cli/figure-commands.ts';
import { addImportCommands } from './cli/import-commands.ts';
import { addMigrateCommand } from './cli/migrate-command.ts';
import { addPlatformCommands } from './cli/platform-commands.ts';
import { addVerifyCommand } from './cli/verify-command.ts';
import { print } from './cli/output.ts';
import { addRebuildCommands } from './cli/rebuild-commands.ts';
import { addSubscriptionCommands } from './cli/subscription-commands.ts';
import { environment } from './kontor.config.ts';
import { folderOf } from './start-arguments.ts';

const program = new Command('kontor')
  .description('Kontor at the command line: figures, imports, dunning and the platform itself.')
  .option('--data <folder>', 'data folder of the embedded platform', folderOf, environment.dataFolder)
  .option('--json', 'answer JSON instead of tables')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride()
  .showHelpAfterError('(see kontor --help)');
const context = new CliContext(program);
addFigureCommands(program, context);
addDunningCommands(program, context);
addImportCommands(program, context);
addDemoCommand(program, context);
addPlatformCommands(program, context);
addRebuildCommands(program, context);
addSubscriptionCommands(program, context);
addErasureCommand(program, context);
addVerifyCommand(program, context);
addBackupCommands(program, context);
addMigrateCommand(program, context);

// A reader that has seen enough (`kontor history … | head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // What is wrong, or the help that was asked for, has been printed already.
    process.exitCode = error.exitCode;
    if (error.exitCode !== 0) answerError({ code: 'InvalidUsage', detail: error.message.replace(/^error: /, '') });
  } else if (error instanceof CliFault) {
    process.stderr.write(`kontor: ${error.message}\n`);
    process.exitCode = 1;
    const [detail] = error.message.split('\n');
    answerError({ code: error.code ?? null, detail, ...error.details });
  } else throw error;
}

/** A script that asked for JSON gets JSON on stdout whatever happens; the sentence for people is on stderr. */
function answerError(error: object): void {
  if (process.argv.includes('--json')) print(JSON.stringify({ error }));
}
