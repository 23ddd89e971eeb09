import { eventStoreDbDouble } from './double.ts';

/** The double in a process of its own: prints its connection string and serves until it is killed. `main.ts [port]` */
const double = await eventStoreDbDouble({ port: Number(process.argv[2] ?? 0) });
process.stdout.write(`${double.url}\n`);
