/** The name of the service whose events these contracts publish; the history feed is `/v1/history/orders`. */
export const service = 'orders';
