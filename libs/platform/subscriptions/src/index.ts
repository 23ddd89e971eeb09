export { ProcessRunner } from './process-runner.ts';
export type {
  CommandIdentity,
  ProcessNotice,
  ProcessRunnerOptions,
  ProcessServiceStatus,
  ProcessStatus,
  SendCommand,
  StuckInstance,
} from './runner-types.ts';
