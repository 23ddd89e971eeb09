import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { type EventRequest, newEvent } from './event.ts';
import { type Change, Unfit } from './sources.ts';

const ROOT = join(import.meta.dirname, '../..');

const program = new Command('npm run new --').description('Scaffolds from the code that is there; overwrites nothing.');

program
  .command('event')
  .description(
    'A new event of an aggregate: type, fold, codec, scenario, golden file, contract and publication, each made like those of an event that the aggregate has.',
  )
  .argument('<service>', 'accounts, orders, receivables or warranty')
  .argument('<EventName>', 'noun and past participle: OrderShipped')
  .option('--aggregate <name>', "whose event it is (default: the one that the event's name begins with)")
  .option('--like <EventName>', 'the event that it is made like (default: the published one with the fewest fields)')
  .option('--meaning <sentence>', 'what happened, in one sentence (default: the words of the name)')
  .option('--dry-run', 'says what would be written, and writes nothing')
  .action(
    async (service: string, event: string, options: Omit<EventRequest, 'service' | 'event'> & { dryRun?: true }) => {
      const { aggregate, like, changes } = await newEvent(ROOT, { ...options, service, event });
      if (options.dryRun !== true) changes.forEach(write);
      for (const { path, before, after } of changes)
        console.log(`${before === null ? 'new ' : 'edit'}  ${path}  +${lines(after) - lines(before ?? '')}`);
      console.log(
        options.dryRun === true
          ? `\n${event} of ${aggregate} would be made like ${like}. Nothing was written.`
          : `
${event} of ${aggregate} is made like ${like}. What is yours to say:
  its fields: type, scenario, golden file, contract and its example must agree
  what it changes: its line in \`evolve\` returns the state as it is; the golden test fails until it does not, or passes it over
  who decides it: a command in \`decide\`
then \`npm run docs\`, a line in CHANGELOG.md and \`npm test\`.`,
      );
    },
  );

const lines = (text: string) => text.split('\n').length;

/** A file that came to be in the meantime is left as it is: then this throws. */
function write({ path, before, after }: Change): void {
  const file = join(ROOT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, after, { flag: before === null ? 'wx' : 'w' });
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Unfit)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
