import { describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import fc from 'fast-check';
import { coverageOf, type CoverageInputs } from './coverage.ts';
import { remainingOn, type RegistrationFact } from './registration.ts';
import type { Cover, Term } from './term.ts';

const TERM: Term = {
  version: 3,
  basis: 'delivery',
  graceCapDays: null,
  partsMonths: 24,
  labourMonths: 12,
  minimumMonths: 12,
  replacementPolicy: 'minimum',
  caps: { claims: 2, parts: { amountMinor: 50_000, currency: 'EUR' }, labour: null },
};
const cover = (term: Partial<Term> = {}, deliveredOn = '2026-03-02'): Cover => ({
  term: { ...TERM, ...term },
  deliveredOn,
  remaining: { parts: null, labour: null },
});
const registered = (term: Partial<Term> = {}): RegistrationFact => ({
  kind: 'registered',
  businessDate: '2026-03-02',
  cover: cover(term),
});
const NOTHING_USED = { claims: 0, partsMinor: 0, labourMinor: 0 };
const inputs = (incidentDate: string, more: Partial<CoverageInputs> = {}): CoverageInputs => ({
  incidentDate,
  registration: [registered()],
  capsUsed: NOTHING_USED,
  serviceContract: null,
  ...more,
});
const verdict = (of: CoverageInputs) => {
  const { coverage, coversParts, coversLabour, reasonCode } = coverageOf(of);
  return [coverage, coversParts, coversLabour, reasonCode];
};

describe('the coverage decision', () => {
  it('W-04: covers an incident within the term, and says on what', () => {
    expect(coverageOf(inputs('2026-10-03'))).toEqual({
      coverage: 'warranty',
      coversParts: true,
      coversLabour: true,
      reasonCode: 'WithinTerm',
      warrantyStart: '2026-03-02',
      warrantyEnd: '2028-03-02',
      termVersion: 3,
      partsRoom: { amountMinor: 50_000, currency: 'EUR' },
      labourRoom: null,
    });
  });

  it('W-04: the last day counts, the day after does not', () => {
    expect(verdict(inputs('2027-03-02'))).toEqual(['warranty', true, true, 'WithinTerm']);
    expect(verdict(inputs('2027-03-03'))).toEqual(['warranty', true, false, 'PartsWithinTerm']);
    expect(verdict(inputs('2028-03-02'))).toEqual(['warranty', true, false, 'PartsWithinTerm']);
    expect(verdict(inputs('2028-03-03'))).toEqual(['paid', false, false, 'TermEnded']);
  });

  it('W-04: refuses nothing on trust: before the delivery, and without warranty, the client pays', () => {
    expect(verdict(inputs('2026-03-01'))).toEqual(['paid', false, false, 'NotRegisteredThen']);
    const bare: RegistrationFact = { kind: 'registered', businessDate: '2026-03-02', cover: null };
    expect(verdict(inputs('2026-10-03', { registration: [bare] }))).toEqual([
      'paid',
      false,
      false,
      'SoldWithoutWarranty',
    ]);
  });

  it('W-03: taken off warranty counts from its day on, not before', () => {
    const registration: RegistrationFact[] = [registered(), { kind: 'taken-off', businessDate: '2026-11-20' }];
    expect(verdict(inputs('2026-11-19', { registration }))).toEqual(['warranty', true, true, 'WithinTerm']);
    expect(verdict(inputs('2026-11-20', { registration }))).toEqual(['paid', false, false, 'TakenOffWarranty']);
  });

  it('W-03: a redelivery to the same holder neither ends nor restarts the term', () => {
    const registration: RegistrationFact[] = [
      registered(),
      { kind: 'redelivered', businessDate: '2028-02-01', newCover: null },
    ];
    expect(verdict(inputs('2028-03-02', { registration }))).toEqual(['warranty', true, false, 'PartsWithinTerm']);
    expect(verdict(inputs('2028-03-03', { registration }))).toEqual(['paid', false, false, 'TermEnded']);
  });

  it('W-04: uses the cover of the incident date when the unit was sold again later', () => {
    const registration: RegistrationFact[] = [
      registered(),
      { kind: 'redelivered', businessDate: '2028-02-01', newCover: { cover: cover({ version: 4 }, '2028-02-01') } },
    ];
    expect(coverageOf(inputs('2028-01-31', { registration })).termVersion).toBe(3);
    expect(coverageOf(inputs('2028-02-01', { registration })).termVersion).toBe(4);
  });

  it('W-04: a unit that was replaced earlier is not covered a second time', () => {
    const registration: RegistrationFact[] = [registered(), { kind: 'replaced', businessDate: '2026-12-01' }];
    expect(verdict(inputs('2026-12-01', { registration }))).toEqual(['warranty', true, true, 'WithinTerm']);
    expect(verdict(inputs('2026-12-02', { registration }))).toEqual(['paid', false, false, 'ReplacedBefore']);
  });

  it('W-04: counts the caps used', () => {
    const used = (claims: number, partsMinor: number) => ({ capsUsed: { claims, partsMinor, labourMinor: 0 } });
    expect(verdict(inputs('2026-10-03', used(2, 0)))).toEqual(['paid', false, false, 'ClaimCapUsedUp']);
    expect(coverageOf(inputs('2026-10-03', used(1, 42_000))).partsRoom).toEqual({ amountMinor: 8000, currency: 'EUR' });
    expect(verdict(inputs('2026-10-03', used(1, 50_000)))).toEqual(['warranty', false, true, 'LabourWithinTerm']);
    expect(verdict(inputs('2027-06-01', used(1, 60_000)))).toEqual(['paid', false, false, 'AmountCapUsedUp']);
  });

  it('W-04: a service contract of the incident date covers what the warranty does not', () => {
    const serviceContract = { contractId: 'c-1', validFrom: '2028-03-03', validTo: '2029-03-02' };
    expect(verdict(inputs('2028-03-03', { serviceContract }))).toEqual(['contract', true, true, 'ServiceContract']);
    expect(verdict(inputs('2029-03-03', { serviceContract }))).toEqual(['paid', false, false, 'TermEnded']);
    expect(verdict(inputs('2026-10-03', { serviceContract }))).toEqual(['warranty', true, true, 'WithinTerm']);
  });

  it('W-02: covers between delivery and start, and ends a term that starts with its grace cap', () => {
    const registration = [registered({ basis: 'install', graceCapDays: 30, labourMonths: 24 })];
    expect(verdict(inputs('2026-03-10', { registration }))).toEqual(['warranty', true, true, 'TermNotStarted']);
    expect(verdict(inputs('2028-04-01', { registration }))).toEqual(['warranty', true, true, 'TermNotStarted']);
    expect(verdict(inputs('2028-04-02', { registration }))).toEqual(['paid', false, false, 'TermEnded']);
  });

  it('W-04: never depends on what happened after the incident', () => {
    const later = fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 2000 }),
        fc.constantFrom<'taken-off' | 'replaced' | 'started' | 'redelivered'>(
          'taken-off',
          'replaced',
          'started',
          'redelivered',
        ),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.integer({ min: -30, max: 1000 }), later, (day, happened) => {
        const incident = addDays('2026-03-02', day);
        const after = happened.map(([days, kind]): RegistrationFact => {
          const businessDate = addDays(incident, days);
          if (kind === 'started') return { kind, businessDate, basisDate: businessDate };
          if (kind === 'redelivered') return { kind, businessDate, newCover: { cover: null } };
          return { kind, businessDate };
        });
        expect(coverageOf(inputs(incident, { registration: [registered(), ...after] }))).toEqual(
          coverageOf(inputs(incident)),
        );
      }),
    );
  });
});

describe('what is left of a cover', () => {
  it('W-03: the last days while it runs, nothing once it was taken off', () => {
    expect(remainingOn([registered()], '2026-10-03')).toEqual({ parts: '2028-03-02', labour: '2027-03-02' });
    expect(remainingOn([registered(), { kind: 'taken-off', businessDate: '2026-09-01' }], '2026-10-03')).toEqual({
      parts: null,
      labour: null,
    });
  });

  it('W-03: the whole term from that day while it still waits to start', () => {
    expect(remainingOn([registered({ basis: 'install' })], '2026-10-03')).toEqual({
      parts: '2028-10-03',
      labour: '2027-10-03',
    });
  });
});
