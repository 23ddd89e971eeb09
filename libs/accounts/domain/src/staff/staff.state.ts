export interface Placing {
  readonly position: string;
  readonly managerId: string | null;
  readonly region: string | null;
  /** First day. */
  readonly businessDate: string;
}

/** Undefined until the first placing. The name reads as null once the person was erased. */
export type StaffState =
  | {
      readonly staffId: string;
      readonly name: string | null;
      readonly externalId: string | null;
      readonly sourceContent: string | null;
      readonly placings: readonly Placing[];
    }
  | undefined;

/** The placing that is valid on a date; undefined before the first one. */
export function placingOn(state: NonNullable<StaffState>, date: string): Placing | undefined {
  return state.placings.findLast((placing) => placing.businessDate <= date);
}
