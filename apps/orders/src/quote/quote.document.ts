import { isLive, millionths, orderedMillionths, type QuoteState, type QuoteVersion } from '@kontor/orders-domain';

/** A quote as it is answered: the version issued last in full, those before it in brief, and the orders made of it. */
export function quoteDocument(state: QuoteState, last: QuoteVersion) {
  const { quoteId, number, entityId, accountId, opportunityId, currency } = last.issued;
  return {
    id: quoteId,
    number,
    entityId,
    accountId,
    opportunityId,
    version: last.issued.version,
    status: last.status,
    live: isLive(last),
    note: last.note,
    businessDate: last.issued.businessDate,
    validUntil: last.issued.validUntil,
    expiresAt: last.issued.expiresAt,
    total: { amountMinor: last.issued.totalMinor, currency },
    lines: last.issued.lines.map((line) => ({
      ...line,
      ordered: orderedOf(orderedMillionths(state, line.lineId), millionths(line.quantity)),
    })),
    versions: state.versions.map(({ issued, status }) => ({
      version: issued.version,
      status,
      businessDate: issued.businessDate,
      validUntil: issued.validUntil,
      total: { amountMinor: issued.totalMinor, currency },
    })),
    orders: state.orders.map((order) => ({
      orderId: order.orderId,
      number: order.orderNumber,
      businessDate: order.businessDate,
      total: { amountMinor: order.totalMinor, currency },
    })),
  };
}

function orderedOf(ordered: number, quoted: number): 'none' | 'partly' | 'fully' {
  if (ordered === 0) return 'none';
  return ordered < quoted ? 'partly' : 'fully';
}
