import { describe, expect, it } from '@jest/globals';
import { daysBetween } from '@kontor/kernel';
import { planFirm } from './firm-plan.ts';

const ORDER = { seed: 7, size: 40, today: '2026-03-31' };

describe('X-10: the plan of a demo firm', () => {
  const plan = planFirm(ORDER);

  it('is the same for the same seed, and another one for another', () => {
    expect(planFirm(ORDER)).toEqual(plan);
    expect(planFirm({ ...ORDER, seed: 8 }).accounts).not.toEqual(plan.accounts);
  });

  it.each([1, 5, 40, 400])('has what belongs to %i accounts, each under a name of its own', (size) => {
    const sized = planFirm({ ...ORDER, size });
    expect(new Set(sized.accounts.map(({ name }) => name)).size).toBe(size);
    expect(new Set(sized.staff.map(({ name }) => name)).size).toBe(sized.staff.length);
    expect(sized.orders.length).toBeGreaterThanOrEqual(2 * size);
    const serials = sized.orders.flatMap(({ deliveries }) =>
      deliveries.flatMap(({ lines }) => lines.flatMap((line) => line.serials)),
    );
    expect(new Set(serials).size).toBe(serials.length);
    expect(sized.claims.every(({ serial }) => serials.includes(serial))).toBe(true);
  });

  it('lies in the two years up to its today, everything in the order in which it can happen', () => {
    expect(daysBetween(plan.begins, plan.today)).toBe(730);
    const accountOf = (key: string | null) => plan.accounts.find((account) => account.key === key);
    const chains = [
      ...plan.deals.map(({ accountKey, openedOn, stages, end }) => [
        accountOf(accountKey)?.registeredOn ?? openedOn,
        openedOn,
        ...stages.map(({ date }) => date),
        ...(end === null ? [] : [end.date]),
      ]),
      ...plan.orders.map(({ accountKey, date, deliveries }) => [
        accountOf(accountKey)?.registeredOn ?? date,
        date,
        ...deliveries.map((delivery) => delivery.date),
      ]),
      ...plan.claims.map(({ incidentDate, repair }) => [incidentDate, ...(repair === null ? [] : [repair.date])]),
    ];
    for (const chain of chains) {
      expect(chain).toEqual([...chain].sort());
      expect((chain[0] ?? '') >= plan.begins && (chain.at(-1) ?? '') <= plan.today).toBe(true);
    }
  });

  it('delivers no more than was ordered, with a serial number for each unit under warranty', () => {
    for (const order of plan.orders)
      for (const [index, line] of order.lines.entries()) {
        const delivered = order.deliveries.flatMap(({ lines }) => lines.filter(({ lineId }) => lineId === index + 1));
        expect(delivered.reduce((sum, { quantity }) => sum + quantity, 0)).toBeLessThanOrEqual(line.quantity);
        const tracked = plan.products.some(
          ({ key, warrantyMonths }) => key === line.productKey && warrantyMonths !== null,
        );
        for (const { quantity, serials } of delivered) expect(serials.length).toBe(tracked ? quantity : 0);
      }
  });

  it.each([30, 40])('has quotes of every fate, and every incident, for %i accounts', (size) => {
    const { quotes, incidents } = planFirm({ ...ORDER, seed: 1, size });
    const kindsOf = (kinds: readonly string[]) => [...new Set(kinds)].sort();
    expect(kindsOf(quotes.map(({ fate }) => fate.kind))).toEqual(['declined', 'expired', 'ordered', 'sent']);
    expect(kindsOf([...incidents.values()].map(({ kind }) => kind))).toEqual([
      'credit-note',
      'dispute',
      'promise',
      'returned-payment',
    ]);
  });

  it('has incidents in the order in which they can happen, none of them later than today', () => {
    const dates = [...plan.incidents.values()].map((incident) => {
      if (incident.kind === 'dispute') return [incident.date, incident.resolvedOn];
      if (incident.kind === 'returned-payment')
        return [incident.date, ...(incident.paidAgainOn === null ? [] : [incident.paidAgainOn])];
      return [incident.date];
    });
    for (const chain of dates) {
      expect(chain).toEqual([...chain].sort());
      expect((chain.at(-1) ?? '') <= plan.today).toBe(true);
    }
    for (const { date, fate } of plan.quotes) {
      const last = fate.kind === 'ordered' ? fate.acceptedOn : fate.kind === 'declined' ? fate.date : date;
      expect(date <= last && last <= plan.today).toBe(true);
    }
  });
});
