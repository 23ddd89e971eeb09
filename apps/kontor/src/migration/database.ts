import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataFolder } from '../embedded/data-folder.ts';
import { logInto, openDatabase } from '../embedded/start.ts';
import { productVersion } from '../product-version.ts';
import { StartFault } from '../start-fault.ts';

export interface DatabasePlace {
  /** Undefined: the one of the data folder, which is started for it. */
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
}

/** Offline work on the database of an installation. */
export async function withDatabase<Result>(
  { databaseUrl, dataFolder }: DatabasePlace,
  work: (databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  if (databaseUrl !== undefined) return work(databaseUrl);
  const path = resolve(dataFolder);
  if (!existsSync(join(path, 'kontor.json'))) throw new StartFault(`${path} is not a data folder of Kontor.`);
  const folder = await DataFolder.open(path, productVersion());
  try {
    const { databaseUrl: url, postgres } = await openDatabase({ databaseUrl: undefined }, folder, logInto(folder));
    try {
      return await work(url);
    } finally {
      await postgres?.stop();
    }
  } finally {
    await folder.close();
  }
}
