import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { staffDecider, type PlaceStaffMember } from './staff.decider.ts';
import type { StaffEvent } from './staff.events.ts';
import { placingOn } from './staff.state.ts';

const staffId = 'a1d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21';
const managerId = 'c3b5a0de-1f43-4a55-9d20-65f2a7b1e9d4';
const data = {
  staffId,
  name: 'Anna Snelling',
  position: 'sales agent',
  managerId,
  region: 'Central',
  externalId: null,
  sourceContent: null,
  businessDate: '2026-01-01',
};
const place: PlaceStaffMember = { type: 'PlaceStaffMember', ...data, managerSuperiors: [] };
const placed = (change: Partial<StaffEvent['data']> = {}): StaffEvent => ({
  type: 'StaffPlaced',
  data: { ...data, ...change },
});

describe('a staff member', () => {
  it('A-11: is placed under a manager, in a region, from a date on', () => {
    given(staffDecider, []).when(place).then(placed());
    given(staffDecider, [placed()]).when(place).then();
    given(staffDecider, [placed()])
      .when({ ...place, region: 'West' })
      .then(placed({ region: 'West' }));
  });

  it('A-11: a position is the one valid on the date', () => {
    const { state } = given(staffDecider, [
      placed({ region: 'West', businessDate: '2026-06-01' }),
      placed(),
      placed({ region: 'East', businessDate: '2026-06-01' }),
    ]);
    if (state === undefined) throw new Error('placed above');
    expect(placingOn(state, '2025-12-31')).toBeUndefined();
    expect(placingOn(state, '2026-05-31')?.region).toBe('Central');
    expect(placingOn(state, '2026-06-01')?.region).toBe('East');
  });

  it('A-11: refuses to be placed under itself, directly or through others', () => {
    given(staffDecider, [])
      .when({ ...place, managerId: staffId })
      .thenRefused('HierarchyCircle', { staffId, managerId: staffId });
    given(staffDecider, [])
      .when({ ...place, managerSuperiors: [staffId] })
      .thenRefused('HierarchyCircle', { staffId, managerId });
  });

  it('X-09: keeps external id and source when a later placing names none', () => {
    const { state } = given(staffDecider, [
      placed({ externalId: 'Anna Snelling', sourceContent: '{}' }),
      placed({ businessDate: '2026-06-01' }),
    ]);
    expect(state).toMatchObject({ externalId: 'Anna Snelling', sourceContent: '{}' });
  });
});
