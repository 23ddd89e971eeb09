import { accept, defineAggregate, refuse, type Decider, type Decision } from '@kontor/kernel';
import { coverageOf, type CoverageInputs } from '../cover/coverage.ts';
import { claimCodec } from './claim.codec.ts';
import type { ClaimCommand, DecideCoverage, GrantGoodwill, RecordRepair } from './claim.commands.ts';
import type { ClaimEvent } from './claim.events.ts';
import { claimUnknown, coverageNotDecided, currencyDiffers, workHasBegun } from './claim.refusals.ts';
import { initialClaim, type ClaimState, type OpenedClaim } from './claim.state.ts';
import { splitCost } from './cost-split.ts';

const decider: Decider<ClaimState, ClaimCommand, ClaimEvent> = {
  initial: initialClaim,

  evolve: {
    ClaimOpened: (_state, data) => {
      const { businessDate, ...opened } = data;
      return {
        status: 'open',
        ...opened,
        openedOn: businessDate,
        coverage: null,
        workOrders: [],
        workOrdersEver: 0,
        goodwillLeftMinor: 0,
        borneParts: 0,
        borneLabour: 0,
      };
    },
    ClaimHandedOver: (state, data) => known(state, (claim) => ({ ...claim, ownerId: data.ownerId })),
    CoverageDecided: (state, data) =>
      known(state, (claim) => ({
        ...claim,
        coverage: {
          coverage: data.coverage,
          coversParts: data.coversParts,
          coversLabour: data.coversLabour,
          reasonCode: data.reasonCode,
          warrantyStart: data.warrantyStart,
          warrantyEnd: data.warrantyEnd,
          termVersion: data.termVersion,
          partsRoom: data.partsRoom,
          labourRoom: data.labourRoom,
          goodwill: null,
        },
        goodwillLeftMinor: 0,
        borneParts: 0,
        borneLabour: 0,
      })),
    GoodwillGranted: (state, data) =>
      known(state, (claim) => ({
        ...claim,
        coverage: claim.coverage && { ...claim.coverage, goodwill: data.upTo },
        goodwillLeftMinor: data.upTo.amountMinor,
      })),
    WorkOrderOpened: (state, data) =>
      known(state, (claim) => ({
        ...claim,
        workOrders: [...claim.workOrders, { workOrderId: data.workOrderId, number: data.number, repaired: false }],
        workOrdersEver: claim.workOrdersEver + 1,
      })),
    RepairRecorded: (state, data) =>
      known(state, (claim) => ({
        ...claim,
        workOrders: claim.workOrders.map((order) =>
          order.workOrderId === data.workOrderId ? { ...order, repaired: true } : order,
        ),
        goodwillLeftMinor: claim.goodwillLeftMinor - data.goodwillMinor,
        borneParts: claim.borneParts + data.coveredPartsMinor,
        borneLabour: claim.borneLabour + data.coveredLabourMinor,
      })),
    ClaimRejected: (state) => known(state, (claim) => ({ ...claim, status: 'rejected' })),
    ClaimClosed: (state) => known(state, (claim) => ({ ...claim, status: 'closed' })),
    ClaimReopened: (state) =>
      // Its history stays in the stream; the coverage is decided anew, on the same incident date.
      known(state, (claim) => ({ ...claim, status: 'open', coverage: null, workOrders: [], goodwillLeftMinor: 0 })),
  },

  decide: {
    OpenClaim: (command, state) => {
      if (state.status !== 'unknown')
        return refuse('ClaimAlreadyOpened', 'This claim was opened already.', { number: state.number });
      if (command.kind === 'claim' && command.unit === null)
        return refuse(
          'ClaimNeedsUnit',
          'A claim names the unit it is about; without one it is a complaint or a wish.',
          {
            kind: command.kind,
          },
        );
      if (command.incidentDate > command.businessDate)
        return refuse('IncidentInFuture', 'An incident is not in the future.', {
          incidentDate: command.incidentDate,
          today: command.businessDate,
        });
      const { type: _type, unit, ...opened } = command;
      return accept({
        type: 'ClaimOpened',
        data: { ...opened, unitId: unit?.unitId ?? null, productId: unit?.productId ?? null },
      });
    },
    HandOverClaim: (command, state) =>
      onOpen(state, (claim) => {
        if (command.ownerId === claim.ownerId) return accept();
        return accept({
          type: 'ClaimHandedOver',
          data: {
            claimId: claim.claimId,
            ownerId: command.ownerId,
            previousOwnerId: claim.ownerId,
            businessDate: command.businessDate,
          },
        });
      }),
    DecideCoverage: (command, state) => onOpen(state, (claim) => decideCoverage(command, claim)),
    GrantGoodwill: (command, state) => onOpen(state, (claim) => grantGoodwill(command, claim)),
    OpenWorkOrder: (command, state) =>
      onOpen(state, (claim) => {
        if (claim.coverage === null) return coverageNotDecided(claim);
        return accept({
          type: 'WorkOrderOpened',
          data: {
            claimId: claim.claimId,
            workOrderId: command.workOrderId,
            number: `WO-${claim.number}-${claim.workOrdersEver + 1}`,
            workshop: command.workshop,
            workshopAccountId: command.workshopAccountId,
            task: command.task,
            businessDate: command.businessDate,
          },
        });
      }),
    RecordRepair: (command, state) => onOpen(state, (claim) => recordRepair(command, claim)),
    RejectClaim: (command, state) =>
      onOpen(state, (claim) => {
        if (claim.workOrders.length > 0) return workHasBegun(claim);
        return accept({
          type: 'ClaimRejected',
          data: { claimId: claim.claimId, reason: command.reason, businessDate: command.businessDate },
        });
      }),
    CloseClaim: (command, state) =>
      onOpen(state, (claim) => {
        const { signature, reason } = command;
        if (signature === null && reason === null)
          return refuse(
            'SignatureOrReasonNeeded',
            'A claim is closed with the client’s signature “no claims”, or with the reason why there is none.',
          );
        if (signature !== null && signature.signedOn > command.businessDate)
          return refuse('SignedInFuture', 'A signature is not in the future.', {
            signedOn: signature.signedOn,
            today: command.businessDate,
          });
        const waiting = claim.workOrders.filter((order) => !order.repaired).map((order) => order.number);
        if (waiting.length > 0)
          return refuse('WorkOrderUnfinished', 'A claim is not closed while a work order waits for its repair.', {
            workOrders: waiting,
          });
        return accept({
          type: 'ClaimClosed',
          data: {
            claimId: claim.claimId,
            accountId: claim.accountId,
            outcome: signature === null ? 'closed-with-reason' : 'no-claims-signed',
            signedBy: signature?.signedBy ?? null,
            signedOn: signature?.signedOn ?? null,
            reason,
            businessDate: command.businessDate,
          },
        });
      }),
    ReopenClaim: (command, state) => {
      if (state.status === 'unknown') return claimUnknown();
      if (state.status === 'open')
        return refuse('ClaimOpen', 'The claim is open; there is nothing to take up again.', { number: state.number });
      return accept({
        type: 'ClaimReopened',
        data: { claimId: state.claimId, reason: command.reason, businessDate: command.businessDate },
      });
    },
  },
};

export const claimAggregate = defineAggregate({ category: 'claim', decider, codec: claimCodec });

function decideCoverage(command: DecideCoverage, claim: OpenedClaim): Decision<ClaimEvent> {
  if (claim.unitId === null)
    return refuse('ClaimWithoutUnit', 'There is no unit whose cover could be decided on.', { number: claim.number });
  // Work was begun on the strength of the decision: it stands until the claim is closed and reopened.
  if (claim.workOrders.length > 0) return workHasBegun(claim);
  const { incidentDate } = claim;
  const inputs: CoverageInputs = {
    incidentDate,
    registration: command.facts.registration.filter((fact) => fact.businessDate <= incidentDate),
    capsUsed: command.facts.capsUsed,
    serviceContract: command.facts.serviceContract,
  };
  return accept({
    type: 'CoverageDecided',
    data: {
      claimId: claim.claimId,
      unitId: claim.unitId,
      incidentDate,
      ...coverageOf(inputs),
      inputs,
      businessDate: command.businessDate,
    },
  });
}

function grantGoodwill(command: GrantGoodwill, claim: OpenedClaim): Decision<ClaimEvent> {
  const { coverage, unitId } = claim;
  if (coverage === null || unitId === null) return coverageNotDecided(claim);
  if (claim.workOrders.length > 0) return workHasBegun(claim);
  if (coverage.coversParts && coverage.coversLabour && coverage.partsRoom === null && coverage.labourRoom === null)
    return refuse('GoodwillNotNeeded', 'The whole cost is covered; there is nothing to grant.', {
      coverage: coverage.coverage,
      reasonCode: coverage.reasonCode,
    });
  const { upTo, roleLimit } = command;
  const room = coverage.partsRoom ?? coverage.labourRoom;
  if (room !== null && room.currency !== upTo.currency) return currencyDiffers(room.currency, upTo.currency);
  if (upTo.currency !== roleLimit.currency || upTo.amountMinor > roleLimit.amountMinor)
    return refuse('GoodwillBeyondLimit', 'That is more goodwill than the role may grant; it needs an approval.', {
      upTo: { ...upTo },
      roleLimit: { ...roleLimit },
    });
  return accept({
    type: 'GoodwillGranted',
    data: {
      claimId: claim.claimId,
      unitId,
      incidentDate: claim.incidentDate,
      warrantyStart: coverage.warrantyStart,
      warrantyEnd: coverage.warrantyEnd,
      termVersion: coverage.termVersion,
      reasonCode: coverage.reasonCode,
      upTo,
      roleLimit,
      reason: command.reason,
      businessDate: command.businessDate,
    },
  });
}

function recordRepair(command: RecordRepair, claim: OpenedClaim): Decision<ClaimEvent> {
  const { coverage, unitId } = claim;
  if (coverage === null || unitId === null) return coverageNotDecided(claim);
  const order = claim.workOrders.find((candidate) => candidate.workOrderId === command.workOrderId);
  if (order === undefined)
    return refuse('WorkOrderUnknown', 'The claim has no such work order.', { workOrderId: command.workOrderId });
  if (order.repaired)
    return refuse('RepairAlreadyRecorded', 'The repair of this work order was recorded already.', {
      workOrder: order.number,
    });
  const limit = coverage.goodwill ?? coverage.partsRoom ?? coverage.labourRoom;
  if (limit !== null && limit.currency !== command.currency) return currencyDiffers(limit.currency, command.currency);
  const { partsMinor, labourMinor } = command;
  if (partsMinor < 0 || labourMinor < 0 || !Number.isSafeInteger(partsMinor + labourMinor))
    return refuse('CostOutOfRange', 'A cost is not below zero, and the sum must be exact.', {
      partsMinor,
      labourMinor,
    });
  const borne = { partsMinor: claim.borneParts, labourMinor: claim.borneLabour };
  const split = splitCost({ partsMinor, labourMinor }, coverage, borne, claim.goodwillLeftMinor);
  return accept({
    type: 'RepairRecorded',
    data: {
      claimId: claim.claimId,
      unitId,
      workOrderId: command.workOrderId,
      currency: command.currency,
      partsMinor,
      labourMinor,
      ...split,
      work: command.work,
      businessDate: command.businessDate,
    },
  });
}

function known(state: ClaimState, step: (claim: OpenedClaim) => OpenedClaim): ClaimState {
  return state.status === 'unknown' ? state : step(state);
}

function onOpen(state: ClaimState, rule: (claim: OpenedClaim) => Decision<ClaimEvent>): Decision<ClaimEvent> {
  if (state.status === 'unknown') return claimUnknown();
  if (state.status !== 'open')
    return refuse('ClaimNotOpen', 'The claim is no longer open; reopen it first.', {
      number: state.number,
      status: state.status,
    });
  return rule(state);
}
