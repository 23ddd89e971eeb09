/** Where a projection stands against the position that was asked for. */
export interface Behind {
  readonly service: string;
  readonly position: bigint;
  readonly wanted: bigint;
}

/** The projection did not pass the named positions in time; ask again later. */
export class ProjectionBehind extends Error {
  constructor(
    readonly projection: string,
    readonly behind: readonly Behind[],
    readonly timeoutMs: number,
  ) {
    const list = behind.map(({ service, position, wanted }) => `${service} at ${position}, wanted ${wanted}`);
    super(`${projection} is behind after ${timeoutMs} ms: ${list.join('; ')}`);
    this.name = 'ProjectionBehind';
  }
}

/** The declared version is not there to be read yet: the views are over the tables of an older one. Ask again later. */
export class ProjectionBuilding extends Error {
  constructor(
    readonly projection: string,
    readonly version: number,
    readonly viewsOn: number,
  ) {
    super(
      `version ${version} of ${projection} is being built from history; until then there is only version ${viewsOn}`,
    );
    this.name = 'ProjectionBuilding';
  }
}

/** A consistency token is `orders:18842,accounts:7`: services and positions of their logs. */
export class InvalidConsistencyToken extends Error {
  constructor(readonly token: string) {
    super('a consistency token is a list like orders:18842,accounts:7');
    this.name = 'InvalidConsistencyToken';
  }
}

/** The tables were built from another declaration under the same version: raise the version, or rebuild. */
export class ProjectionChanged extends Error {
  constructor(readonly projection: string) {
    super(`the tables of ${projection} were built from another declaration: raise its version, or rebuild it`);
    this.name = 'ProjectionChanged';
  }
}

/** A handler gave a row that its table cannot hold. */
export class RowRejected extends Error {
  constructor(table: string, reason: string) {
    super(`${table}: ${reason}`);
    this.name = 'RowRejected';
  }
}

/** Another process has moved the checkpoint: what was folded here is thrown away. */
export class Fenced extends Error {
  constructor(readonly consumer: string) {
    super(`another process folds ${consumer}: its checkpoint moved`);
    this.name = 'Fenced';
  }
}
