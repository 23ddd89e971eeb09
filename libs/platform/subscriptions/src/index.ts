export { LeaseHeldElsewhere, LeaseLost, NotParked } from './errors.ts';
export { ProcessRunner } from './process-runner.ts';
export { processesSchema } from './processes-schema.ts';
export type {
  CommandIdentity,
  ProcessNotice,
  ProcessRunnerOptions,
  ProcessServiceStatus,
  ProcessStatus,
  SendCommand,
  StuckInstance,
} from './runner-types.ts';
export { type Share, Shares, type Turn } from './shares.ts';
export { stuckInstances } from './watchdog.ts';
