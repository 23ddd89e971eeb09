/** Somebody else's rebuild of the projection is under way, or the old copy of the last one was not discarded yet. */
export class RebuildUnderWay extends Error {
  constructor(
    readonly projection: string,
    readonly schema: string,
    readonly state: string,
    readonly startedBy: string,
    readonly since: string,
  ) {
    super(`${projection} is being rebuilt in ${schema} (${state}), started by ${startedBy} at ${since}`);
    this.name = 'RebuildUnderWay';
  }
}

/** After a switch the copy of before goes on being folded; it has to be discarded before the next rebuild. */
export class OldCopyKept extends Error {
  constructor(
    readonly projection: string,
    readonly schema: string,
  ) {
    super(`${schema} is kept since the last switch of ${projection}: switch back or discard it first`);
    this.name = 'OldCopyKept';
  }
}

/** What was asked for does not fit the state of the rebuild. */
export class NoSuchRebuild extends Error {
  constructor(
    readonly projection: string,
    /** Null: any. */
    readonly wanted: string | null,
    readonly found: string | null,
  ) {
    const there = found === null ? 'there is none' : `the one that there is is ${found}`;
    super(
      wanted === null
        ? `there was no rebuild of ${projection} yet`
        : `this needs a rebuild of ${projection} that is ${wanted}; ${there}`,
    );
    this.name = 'NoSuchRebuild';
  }
}

/** A copy that was kept is folded on by another process of the service, which alone can hold it where the live one is. */
export class FoldedElsewhere extends Error {
  constructor(
    readonly projection: string,
    readonly schema: string,
  ) {
    super(`${schema} is folded by another process of the service at the moment: ask again in a moment`);
    this.name = 'FoldedElsewhere';
  }
}

/** A switch needs a comparison, and one that found no difference unless the differences are what the rebuild was for. */
export class NotCompared extends Error {
  constructor(
    readonly projection: string,
    reason: string,
  ) {
    super(`${projection} is not switched: ${reason}`);
    this.name = 'NotCompared';
  }
}

/** The two copies did not come to the same checkpoint in time; nothing was changed, ask again when there is less load. */
export class NotTogether extends Error {
  constructor(
    readonly projection: string,
    withinMs: number,
    reason: string,
  ) {
    super(`${projection} and its copy did not meet at one checkpoint within ${withinMs} ms: ${reason}`);
    this.name = 'NotTogether';
  }
}

/** Others hold the views, such as a query that runs for long; everything stayed as it was. */
export class ViewsInUse extends Error {
  constructor(
    readonly projection: string,
    withinMs: number,
    readonly sessions: readonly string[],
  ) {
    super(
      `the views of ${projection} could not be switched within ${withinMs} ms` +
        (sessions.length === 0 ? '' : `; they are used by ${sessions.join('; ')}`),
    );
    this.name = 'ViewsInUse';
  }
}

/** A version that the code declares is built and switched to by itself; nobody else has to decide about it. */
export class VersionUnderWay extends Error {
  constructor(
    readonly projection: string,
    readonly schema: string,
    version: number,
  ) {
    super(
      `version ${version} of ${projection} is being built in ${schema}; the views are switched to it when it has caught up`,
    );
    this.name = 'VersionUnderWay';
  }
}

/** The tables of an older version stand as they were at the switch: the code that folds them is not in this program. */
export class VersionRetired extends Error {
  constructor(
    readonly projection: string,
    readonly schema: string,
    version: number,
  ) {
    super(
      `version ${version} of ${projection} stands still in ${schema} since the switch, for this program has no code that folds it: ` +
        'only the program that it came with goes back to it',
    );
    this.name = 'VersionRetired';
  }
}

/** The views of the declared version cannot take the place of those of the older one. */
export class ViewsNotReplaceable extends Error {
  constructor(
    readonly projection: string,
    from: number,
    to: number,
    reason: string,
  ) {
    super(
      `the views of version ${to} of ${projection} cannot take the place of those of version ${from}: ${reason}; ` +
        'a new version keeps the columns and adds its own at the end',
    );
    this.name = 'ViewsNotReplaceable';
  }
}

/** There is no such dead letter, or it only waits behind another one. */
export class NoSuchLetter extends Error {
  constructor(
    readonly projection: string,
    what: string,
  ) {
    super(`${projection}: ${what}`);
    this.name = 'NoSuchLetter';
  }
}

/** One stream cannot be replayed alone into rows that other streams drive too: that needs a rebuild. */
export class RowsOfSeveralStreams extends Error {
  constructor(
    readonly projection: string,
    readonly table: string,
    readonly streams: readonly [string, string],
  ) {
    super(
      `${projection}.${table} has a row that both ${streams[0]} and ${streams[1]} drive: ` +
        'one of them cannot be replayed alone; rebuild the projection',
    );
    this.name = 'RowsOfSeveralStreams';
  }
}

/** Nothing that was asked for is in the history that the projection folds. */
export class NothingToReplay extends Error {
  constructor(
    readonly projection: string,
    what: string,
  ) {
    super(`no event that ${projection} folds is of ${what}`);
    this.name = 'NothingToReplay';
  }
}

/** The checkpoint lies beyond the end of the log, as after a restore: fold in place from the beginning. */
export class CheckpointAheadOfLog extends Error {
  constructor(
    readonly projection: string,
    readonly service: string,
    readonly position: bigint,
    readonly head: bigint,
  ) {
    super(`${projection} has folded ${service} up to ${position}, but the log ends at ${head}`);
    this.name = 'CheckpointAheadOfLog';
  }
}

/** The projection is being verified already. */
export class VerificationUnderWay extends Error {
  constructor(readonly projection: string) {
    super(`${projection} is being verified already`);
    this.name = 'VerificationUnderWay';
  }
}
