import { newSealKey, sealKey } from '@kontor/event-store';
import { OwnIssuer } from '@kontor/auth';
import { print } from './cli/output.ts';
import { DataFolder } from './embedded/data-folder.ts';
import { environment, requireConfigured } from './kontor.config.ts';
import { productVersion } from './product-version.ts';
import { StartFault } from './start-fault.ts';

/** Makes the keys that all processes of an installation share, in the data folder; those that are there stay. */
try {
  requireConfigured();
  const folder = await DataFolder.open(environment.dataFolder, productVersion());
  try {
    await folder.secret('signing-key.json', async () => JSON.stringify((await OwnIssuer.create()).privateJwk));
    const key = sealKey(await folder.secret('seal-key.pem', newSealKey));
    await folder.secret('seal-public-keys.pem', () => key.publicPem);
    print(`The keys are in ${folder.path}.`);
  } finally {
    await folder.close();
  }
} catch (error) {
  if (!(error instanceof StartFault)) throw error;
  process.stderr.write(`kontor: ${error.message}\n`);
  process.exitCode = 1;
}
