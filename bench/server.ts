import { startPgServer } from '../tools/pg-server.mjs';

/** Durable, and otherwise as the embedded platform sets its own server up. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
};

/** A server of its own for a bench, in the temporary folder. */
export function startBenchServer(): ReturnType<typeof startPgServer> {
  return startPgServer({ settings: SETTINGS });
}
