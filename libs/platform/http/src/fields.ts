import { isBusinessDate, isCurrency } from '@kontor/kernel';
import { z } from 'zod';
import './sentences.ts';

/** Dates beyond this are typing errors, not business: the last day of 2099. */
const LAST_DATE = '2099-12-31';

export const zUuid = z.uuid('must be a UUID').transform((id) => id.toLowerCase());

/** Text of 1 to `max` characters, trimmed. NUL characters and lone surrogates never get past the body parser. */
export const zText = (max: number) =>
  z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .refine((text) => !hasBadCharacter(text), 'must not contain NUL or half characters');

export const zBusinessDate = z
  .string('must be a date YYYY-MM-DD')
  .refine(isBusinessDate, { error: 'must be a calendar date YYYY-MM-DD', abort: true })
  .refine((date) => date <= LAST_DATE, `must not be after ${LAST_DATE}`);

export const zInstant = z
  .string('must be an instant')
  .max(40)
  .refine(
    (text) =>
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(text) &&
      isBusinessDate(text.slice(0, 10)) &&
      !Number.isNaN(Date.parse(text)),
    'must be an instant such as 2026-01-31T12:00:00Z',
  );

export const zCurrency = z
  .string('must be a currency code')
  .refine(isCurrency, 'must be a currency of ISO 4217, such as EUR');

const WHOLE = /^-?\d{1,16}$/;

/**
 * A whole number in an address, written in digits. What JavaScript would take for one besides (1e2, 0x10, 5.0, a blank) is a
 * typing error, and to guess what was meant would answer another question.
 */
export const zWhole = (min: number, max: number) =>
  z
    .string('must be a whole number')
    .refine((text) => WHOLE.test(text), { error: 'must be a whole number in digits', abort: true })
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
    .meta({ type: 'integer', minimum: min, maximum: max });

/** Minor units, 0 to 2^53 − 1. */
export const zAmountMinor = z
  .number('must be an integer of minor units')
  .int('must be an integer of minor units between 0 and 9007199254740991')
  .min(0, 'must not be negative');

export const zPositiveAmountMinor = zAmountMinor.min(1, 'must be greater than 0');

export const zMoney = z
  .strictObject({ amountMinor: zAmountMinor, currency: zCurrency })
  .meta({ id: 'Money', description: 'Integer minor units of an ISO 4217 currency.' });

/** Integer with 0 to 6 decimal places; ≥ 0. */
export const zScaled = z
  .strictObject({
    value: z.number().int('must be an integer').min(0, 'must not be negative').max(1e12),
    scale: z.number().int().min(0).max(6),
  })
  .meta({ id: 'Scaled', description: 'An integer with a scale: {value: 12345, scale: 2} is 123.45.' });

/** 1/100 000: 10.15 % is 10150. */
export const zRate = z.number().int('must be an integer in 1/100 000').min(0).max(100_000);

export const zEntityId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the id of a legal entity, such as main')
  .default('main');

export const zCountry = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code such as DE');

/** What a receipt gave: services and positions of their logs. */
export const zConsistencyToken = z
  .string()
  .regex(/^[a-z]{1,32}:\d{1,18}(,[a-z]{1,32}:\d{1,18}){0,15}$/, 'must be a consistency token such as orders:18842')
  .describe('Consistency token of a receipt: wait until the answer contains that change.');

/** A path parameter that names an aggregate. */
export const IdParam = z.object({ id: zUuid });

export function hasBadCharacter(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}
