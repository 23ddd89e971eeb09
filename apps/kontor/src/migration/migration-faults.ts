import { AppendTooLarge, type CopyDiffers, isDatabaseOutage, WrongExpectedRevision } from '@kontor/event-store';
import { NoSuchLog, StreamDeletedByStranger } from '@kontor/event-store/eventstoredb';
import { logSchemaOf } from '../composition/event-stores.ts';
import { StartFault } from '../start-fault.ts';
import { UnknownPositions } from './position-columns.ts';
import { nameOf, type StoreKind } from './store-registry.ts';
import { LogWentOn } from './switch-stores.ts';
import { PositionWithoutEvent } from './translate-checkpoints.ts';

const UNREACHABLE: ReadonlySet<string> = new Set(['StoreUnavailable', 'StoreTimeout']);

/** Somebody may have started to write again. */
export class LeaseLost extends Error {
  constructor() {
    super('the lease is not held any more');
    this.name = 'LeaseLost';
  }
}

/** What lies in the new store is not the beginning of what is to be copied. */
export class NoCopy extends Error {
  constructor(
    readonly service: string,
    readonly to: StoreKind,
    differs: CopyDiffers,
  ) {
    super(`The new log of ${service} is no copy of the old one: ${differs.message}`, { cause: differs });
    this.name = 'NoCopy';
  }
}

const ANOTHER_PLACE: { readonly [to in StoreKind]: (service: string) => string } = {
  postgres: (service) => `drop the schema ${logSchemaOf(service)}, in which no log of this installation lies`,
  eventstore: () => 'choose another place with --prefix (KONTOR_EVENTSTORE_PREFIX)',
};

/** What stopped a migration, for the person who typed the command; what nobody foresaw stays as it is. */
export function faultOf(error: unknown, lost: AbortSignal): unknown {
  if (lost.aborted || error instanceof LeaseLost)
    return new StartFault('The connection that held the writers’ lease broke; run the same command again.', {
      cause: error,
    });
  if (error instanceof NoCopy)
    return new StartFault(
      `${error.message}. Somebody else has written to it, or it is another installation's. Nothing was switched; ` +
        `${ANOTHER_PLACE[error.to](error.service)}.`,
      { cause: error },
    );
  if (error instanceof LogWentOn)
    return new StartFault(`Somebody has written to the log of ${error.service} meanwhile; run the same command again.`);
  if (error instanceof UnknownPositions || error instanceof PositionWithoutEvent)
    return new StartFault(`Nothing was switched: ${error.message}.`, { cause: error });
  if (error instanceof AppendTooLarge)
    return new StartFault(
      `Nothing was switched: an event of ${error.stream} has ${error.bytes} bytes with its recorded time, and the server takes ` +
        `${error.maxBytes} in one append. Raise MaxAppendSize there, then run the same command again.`,
      { cause: error },
    );
  // Older than the new log itself, so that it is none of its events.
  if (error instanceof WrongExpectedRevision || error instanceof StreamDeletedByStranger)
    return new StartFault(
      `Nothing was switched: the new store knows the stream ${error.stream} already. Choose another place with --prefix ` +
        '(KONTOR_EVENTSTORE_PREFIX).',
      { cause: error },
    );
  if (error instanceof NoSuchLog)
    return new StartFault(
      `${nameOf('eventstore')} does not hold these logs: ${error.message}. --eventstore or --prefix may name another server or installation.`,
      { cause: error },
    );
  if (isDatabaseOutage(error) || (error instanceof Error && isDatabaseOutage(error.cause)))
    return new StartFault(
      `The database does not answer any more: ${(error as Error).message}. Nothing was switched; run the same command again.`,
      { cause: error },
    );
  if (error instanceof Error && UNREACHABLE.has(error.name))
    return new StartFault(
      `${nameOf('eventstore')} did not answer: ${error.message}${said(error.cause)}. Run the same command again.`,
      { cause: error },
    );
  return error;
}

/** What the connection itself says is often all that helps: a name that is not known, a port that nobody listens at. */
function said(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const [first] = cause.message.split('\n');
  return first === undefined || first === '' ? '' : ` (${first.replace(/\.$/, '')})`;
}
