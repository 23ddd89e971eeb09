import { accept, refuse, type Decider, type DomainCommand } from '@kontor/kernel';
import type { StaffEvent } from './staff.events.ts';
import type { Placing, StaffState } from './staff.state.ts';

/** Puts a staff member into a position from a date on; the first placing makes the member known. */
export interface PlaceStaffMember extends DomainCommand<'PlaceStaffMember'>, Placing {
  readonly staffId: string;
  readonly name: string;
  readonly externalId: string | null;
  /** What the source says, as JSON text: it names people, and is sealed with them. Null leaves what was known. */
  readonly sourceContent: string | null;
  /** Superiors of the manager, nearest first. */
  readonly managerSuperiors: readonly string[];
}
export type StaffCommand = PlaceStaffMember;

export const staffDecider: Decider<StaffState, StaffCommand, StaffEvent> = {
  initial: undefined,

  evolve: {
    StaffPlaced: (state, data) => ({
      staffId: data.staffId,
      name: data.name,
      externalId: data.externalId ?? state?.externalId ?? null,
      sourceContent: data.sourceContent ?? state?.sourceContent ?? null,
      placings: withPlacing(state?.placings ?? [], {
        position: data.position,
        managerId: data.managerId,
        region: data.region,
        businessDate: data.businessDate,
      }),
    }),
  },

  decide: {
    PlaceStaffMember: (command, state) => {
      const { staffId, managerId } = command;
      if (managerId !== null && (managerId === staffId || command.managerSuperiors.includes(staffId)))
        return refuse('HierarchyCircle', 'Nobody can be their own superior.', { staffId, managerId });
      const known = state?.placings.find((placing) => placing.businessDate === command.businessDate);
      if (
        state?.name === command.name &&
        (command.sourceContent ?? state.sourceContent) === state.sourceContent &&
        known?.position === command.position &&
        known.managerId === managerId &&
        known.region === command.region
      )
        return accept();
      return accept({
        type: 'StaffPlaced',
        data: {
          staffId,
          name: command.name,
          position: command.position,
          managerId,
          region: command.region,
          externalId: command.externalId,
          sourceContent: command.sourceContent,
          businessDate: command.businessDate,
        },
      });
    },
  },
};

/** Ordered by first day; a placing from the same day replaces. */
function withPlacing(known: readonly Placing[], placing: Placing): readonly Placing[] {
  const others = known.filter((other) => other.businessDate !== placing.businessDate);
  return [...others, placing].sort((a, b) => (a.businessDate < b.businessDate ? -1 : 1));
}
