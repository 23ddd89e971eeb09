/** What an account is to the firm. One account has one kind; a prospect becomes a customer with the first deal. */
export const ACCOUNT_KINDS = [
  'customer',
  'prospect',
  'reseller',
  'supplier',
  'workshop',
  'expert',
  'authority',
] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** A natural person's name, tax id and address are personal data, a company's are not. */
export const LEGAL_FORMS = ['legal', 'natural'] as const;
export type LegalForm = (typeof LEGAL_FORMS)[number];

export const CONTACT_ROLES = [
  'decision-maker',
  'executive-sponsor',
  'user',
  'billing',
  'dunning',
  'technical',
] as const;
export type ContactRole = (typeof CONTACT_ROLES)[number];

export const CONSENTS = ['given', 'withheld', 'not-asked'] as const;
export type Consent = (typeof CONSENTS)[number];

export const CHANNELS = ['e-mail', 'phone', 'post', 'fax', 'messenger'] as const;
export type Channel = (typeof CHANNELS)[number];

/** From which day a payment term counts. */
export const PAYMENT_TERM_BASES = ['invoice-date', 'end-of-month'] as const;
export type PaymentTermBase = (typeof PAYMENT_TERM_BASES)[number];

export const STAGE_KINDS = ['open', 'on-hold', 'won', 'lost'] as const;
export type StageKind = (typeof STAGE_KINDS)[number];

/** What a won deal was closed with. `imported` is the evidence of an import alone. */
export const WIN_EVIDENCES = ['order', 'contract', 'imported'] as const;
export type WinEvidence = (typeof WIN_EVIDENCES)[number];
