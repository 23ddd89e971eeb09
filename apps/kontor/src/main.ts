import { CliFault } from './cli/cli-fault.ts';
import { openingScreen } from './embedded/opening-screen.ts';
import { type Embedded, startEmbedded } from './embedded/start.ts';
import { requireConfigured } from './kontor.config.ts';
import { type StartArguments, startArguments } from './start-arguments.ts';
import { StartFault } from './start-fault.ts';

/** A drain that takes longer than this is cut off: what was accepted is in the store. */
const DRAIN_WITHIN_MS = 20_000;

const options = startArguments(
  'kontor-start',
  'Start the embedded platform: all services, one PostgreSQL, one address.',
);
try {
  requireConfigured();
} catch (error) {
  if (!(error instanceof StartFault)) throw error;
  process.stderr.write(`kontor: ${error.message}\n`);
  process.exit(1);
}
await run(options);

async function run(options: StartArguments): Promise<void> {
  const starting = startEmbedded({
    dataFolder: options.data,
    port: options.port,
    databaseUrl: options.database,
    timeZone: options.timeZone,
    baseCurrency: options.baseCurrency,
  });
  let ending = false;
  const end = (code: number) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(code === 0 ? 1 : code), DRAIN_WITHIN_MS).unref();
    stopped(starting).then(
      () => process.exit(code),
      (error: unknown) => {
        process.stderr.write(`kontor: stopping failed: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  // From the beginning: whoever changes their mind while it starts gets an orderly end too.
  process.once('SIGTERM', () => end(0));
  process.once('SIGINT', () => end(0));
  try {
    const embedded = await starting;
    void embedded.databaseLost.then((sentence) => {
      process.stderr.write(`kontor: ${sentence}\n`);
      end(1);
    });
    await openingScreen(embedded, { demo: options.empty !== true });
  } catch (error) {
    // The screen asks a platform that is going down; how that ends is said above.
    if (ending) return;
    if (error instanceof StartFault || error instanceof CliFault) {
      process.stderr.write(`kontor: ${error.message}\n`);
      if (error instanceof StartFault) process.exit(1);
      return end(1);
    }
    throw error;
  }
}

async function stopped(starting: Promise<Embedded>): Promise<void> {
  await (await starting).stop();
}
