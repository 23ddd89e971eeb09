import { accept, defineAggregate, refuse, type Decider } from '@kontor/kernel';
import { MAX_GRACE_DAYS, MAX_TERM_MONTHS } from '../cover/term.ts';
import { warrantyTermCodec } from './warranty-term.codec.ts';
import type { WarrantyTermCommand } from './warranty-term.commands.ts';
import type { WarrantyTermEvent } from './warranty-term.events.ts';
import { initialWarrantyTerm, termInForce, type WarrantyTermState } from './warranty-term.state.ts';

const decider: Decider<WarrantyTermState, WarrantyTermCommand, WarrantyTermEvent> = {
  initial: initialWarrantyTerm,

  evolve: {
    WarrantyTermDefined: (state, data) => {
      const { productId, validFrom, businessDate: _businessDate, ...term } = data;
      return { productId, entries: [...state.entries, { validFrom, term }] };
    },
    ProductTakenOffWarranty: (state, data) => ({
      productId: data.productId,
      entries: [...state.entries, { validFrom: data.validFrom, term: null }],
    }),
  },

  decide: {
    DefineWarrantyTerm: (command, state) => {
      const { type: _type, productId, validFrom, businessDate, ...terms } = command;
      const months = [terms.partsMonths, terms.labourMonths, terms.minimumMonths];
      if (months.some((length) => length < 0 || length > MAX_TERM_MONTHS))
        return refuse('TermOutOfRange', 'The length of a term is 0 to 600 months.', { months, most: MAX_TERM_MONTHS });
      if (terms.partsMonths === 0 && terms.labourMonths === 0)
        return refuse('TermWithoutLength', 'A term covers parts or labour; take the product off warranty instead.');
      if (terms.minimumMonths > Math.max(terms.partsMonths, terms.labourMonths))
        return refuse('TermBelowMinimum', 'A term is at least as long as the statutory minimum.', {
          minimumMonths: terms.minimumMonths,
          partsMonths: terms.partsMonths,
          labourMonths: terms.labourMonths,
        });
      if (terms.graceCapDays !== null && (terms.graceCapDays < 0 || terms.graceCapDays > MAX_GRACE_DAYS))
        return refuse('GraceOutOfRange', 'The grace cap is 0 to 3660 days.', {
          graceCapDays: terms.graceCapDays,
          most: MAX_GRACE_DAYS,
        });
      const { parts, labour } = terms.caps;
      if (parts !== null && labour !== null && parts.currency !== labour.currency)
        return refuse('CapsInTwoCurrencies', 'The caps of one term are in one currency.', {
          parts: parts.currency,
          labour: labour.currency,
        });
      const version = state.entries.filter((entry) => entry.term !== null).length + 1;
      return accept({ type: 'WarrantyTermDefined', data: { productId, version, ...terms, validFrom, businessDate } });
    },
    TakeProductOffWarranty: (command, state) => {
      // What was delivered has its term pinned; a date in the past would only pretend to change it.
      if (command.validFrom < command.businessDate)
        return refuse('LaterDeliveriesOnly', 'A product is taken off warranty for later deliveries only.', {
          validFrom: command.validFrom,
          today: command.businessDate,
        });
      if (termInForce(state, command.validFrom) === null) return accept();
      const { type: _type, ...data } = command;
      return accept({ type: 'ProductTakenOffWarranty', data });
    },
  },
};

export const warrantyTermAggregate = defineAggregate({ category: 'warrantyTerm', decider, codec: warrantyTermCodec });
