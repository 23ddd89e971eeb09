/** Limits and defaults of the service, each with its unit. */

/** Terms of an account for which nobody set any. */
export const DEFAULT_TERMS = { paymentTermDays: 30, paymentTermBase: 'invoice-date', priceColumn: null } as const;

/** Lines of a quote, an order or a delivery. */
export const MAX_LINES = 200;

/** Serial numbers of one delivery: with the longest ones an event stays below half of the store's limit. */
export const MAX_SERIALS = 2_000;
export const MAX_SERIAL_LENGTH = 64;

/** Prices of one version of a price list. */
export const MAX_PRICES = 2_000;

/** Rows of one call of an import. */
export const MAX_IMPORT_ROWS = 500;
