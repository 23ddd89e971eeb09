import { type Logger, pino } from 'pino';
import { briefError } from '../brief-error.ts';
import { environment } from '../kontor.config.ts';

/** A process of its own logs to its standard output: whoever started it knows where that goes. */
export function processLog(process: string): Logger {
  return pino({ level: environment.logLevel, base: { process }, serializers: { err: briefError } });
}
