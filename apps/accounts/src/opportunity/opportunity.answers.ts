import { type OpenedOpportunity, presentStage, probabilityOn, weightedAmount } from '@kontor/accounts-domain';

/** A deal as it is answered by id, weighted as of a date. */
export function opportunityAnswer(deal: OpenedOpportunity, date: string) {
  const stage = presentStage(deal);
  const probability = probabilityOn(stage, deal.override, date);
  const amount = deal.amount?.amount ?? null;
  return {
    id: deal.opportunityId,
    title: deal.title,
    accountId: deal.accountId,
    queue: deal.queue,
    ownerId: deal.owner.ownerId,
    pipelineId: deal.pipelineId,
    pipelineVersion: deal.pipelineVersion,
    productId: deal.productId,
    externalId: deal.externalId,
    openedOn: deal.openedOn,
    stage: stage.stage,
    stageKind: stage.kind,
    amount,
    expectedClose: deal.expected?.expectedClose ?? null,
    probability,
    stageProbability: stage.probability,
    override: deal.override,
    weighted: amount === null ? null : weightedAmount(amount, probability),
    history: deal.stages,
  };
}
