import type { CloudEvent } from '@kontor/kernel';

export type SqlType = 'uuid' | 'text' | 'bigint' | 'integer' | 'boolean' | 'date' | 'timestamptz' | 'jsonb';

/** The comment is what an analyst reads in SQL. */
export interface Column {
  readonly type: SqlType;
  readonly nullable?: boolean;
  /** Holds personal data: analysts do not see it unless it is granted to them by name. */
  readonly personal?: boolean;
  readonly comment: string;
}

export interface Table {
  readonly comment: string;
  readonly columns: { readonly [name: string]: Column };
  readonly key: readonly string[];
  /**
   * Column with the person (account, contact, staff member) whose data the personal columns hold; null in it: nobody's. It
   * must be the same before and after an erasure, for a rebuild gives the same rows.
   */
  readonly subject?: string;
  /** Each entry is the inside of the parentheses: `account_id, business_date`. */
  readonly indexes?: readonly string[];
}

/**
 * Column values: bigint columns take number or bigint, timestamps and dates ISO text, jsonb anything that is JSON.
 * What `change` gets is canonical, whether it comes from the database or from the batch: bigint as number as long as it
 * is exact, else bigint; dates `YYYY-MM-DD`; instants in UTC with microseconds; absent nullable columns as null.
 */
export type Row = { readonly [column: string]: unknown };

/**
 * A change to one row. `put` writes the whole row without reading. `change` gets the row as it is (undefined: not there)
 * and returns the new one, or null to delete it. Both are pure.
 */
export type RowChange =
  | { readonly table: string; readonly put: Row }
  | {
      readonly table: string;
      readonly key: Row;
      readonly change: (row: Row | undefined) => Row | null | undefined;
    };

/**
 * A read model as data: name, version, tables, and per contract type the row changes. Each row is driven by one stream;
 * what needs several is joined in a view. Tables live in the schema `<name>_v<version>`, stable views in `viewSchema`.
 */
export interface Projection {
  readonly name: string;
  readonly version: number;
  readonly viewSchema: string;
  /**
   * Never declared, but set by the platform for a copy that is built beside the live one: the schema its tables lie in
   * instead of `<name>_v<version>`, and whether the stable views are over them.
   */
  readonly placed?: { readonly schema: string; readonly views: boolean };
  /**
   * Sealed fields of the data reach the handlers unsealed, or null once the subject's key is destroyed. `erasedBy` is the
   * contract that says so of a `subject`: on it the runner empties the personal columns of that subject's rows, in every table.
   */
  readonly personal?: { readonly erasedBy: string };
  /** Events that are left out, here and in every rebuild, with the reason for it. */
  readonly skips?: readonly { readonly eventId: string; readonly who: string; readonly why: string }[];
  readonly tables: { readonly [name: string]: Table };
  /** Views joined over the tables: name → comment, column comments and a SELECT that names tables without schema. */
  readonly views?: {
    readonly [name: string]: {
      readonly comment: string;
      readonly columns: { readonly [column: string]: string };
      readonly select: string;
    };
  };
  /** Keyed by contract type `kontor.<service>.<name>.v<N>`; the services read are derived from the keys. */
  readonly on: { readonly [contractType: string]: (event: CloudEvent<never>) => readonly RowChange[] };
}
