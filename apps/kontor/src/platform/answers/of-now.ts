/**
 * Lists whose rows are of the moment of the first page, while some of their fields are of the moment in which the page is
 * read: receivables keeps no past of them beside the ledger (ADR 13). A filter by such a field chooses as of then too.
 */
const fieldsOfNow: { readonly [path: string]: { readonly fields: string; readonly filters?: string } } = {
  '/v1/invoices': { fields: 'number, issued, open, nextDueDate, paid and dunningLevel', filters: 'number and open' },
  '/v1/payments': { fields: 'unallocated and reversedOn' },
  '/v1/credit-notes': { fields: 'number', filters: 'number' },
  '/v1/disputes': { fields: 'resolvedOn and outcome', filters: 'open' },
  '/v1/promises': { fields: 'status', filters: 'status' },
  '/v1/dunning/cases': { fields: 'closedOn, level, notices and lastNoticeOn', filters: 'open' },
};

/** What a list says of its pages beside what it says itself; undefined where all of it is of one moment. */
export function pagesOfNow(path: string): string | undefined {
  const found = fieldsOfNow[path];
  if (found === undefined) return undefined;
  const chosen = found.filters === undefined ? '' : ` What is asked for by ${found.filters} is chosen as of then too.`;
  return (
    `Which rows the pages have, and everything else in them, is as of asKnownAt, which the first page fixes; ${found.fields} are as of ` +
    `the moment in which the page is read.${chosen} What is open as of a day is answered by /v1/insights/ageing and its explain links.`
  );
}
