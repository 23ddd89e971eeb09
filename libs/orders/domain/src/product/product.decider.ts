import { accept, refuse, type Decider } from '@kontor/kernel';
import type { ProductCommand } from './product.commands.ts';
import type { ProductEvent } from './product.events.ts';
import { noProduct, type ProductState } from './product.state.ts';

/** Ten years and more exist (frames, tanks); a century is a typing error. */
export const MAX_WARRANTY_MONTHS = 600;

export const productDecider: Decider<ProductState, ProductCommand, ProductEvent> = {
  initial: noProduct,

  evolve: {
    ProductRegistered: (_state, data) => ({ product: data }),
    ListPriceChanged: (state, data) => ({
      product: state.product && {
        ...state.product,
        listPrice: data.listPrice,
        source: data.source ?? state.product.source,
      },
    }),
  },

  decide: {
    RegisterProduct: (command, state) => {
      if (state.product !== null)
        return refuse('ProductAlreadyRegistered', `${command.sku} is registered already.`, {
          productId: state.product.productId,
        });
      if (command.skuTakenBy !== null)
        return refuse('SkuTaken', `Another product has the article number ${command.sku}.`, {
          productId: command.skuTakenBy,
          sku: command.sku,
        });
      if (
        command.warrantyMonths !== null &&
        !(command.warrantyMonths > 0 && command.warrantyMonths <= MAX_WARRANTY_MONTHS)
      )
        return refuse('WarrantyTermOutOfRange', `A warranty has 1 to ${MAX_WARRANTY_MONTHS} months.`, {
          warrantyMonths: command.warrantyMonths,
        });
      if (command.serialTracked && (command.kind === 'service' || command.kind === 'work'))
        return refuse('ServiceHasNoSerial', 'A service or work has no pieces that could carry a serial number.', {
          kind: command.kind,
        });
      const { type: _type, skuTakenBy: _skuTakenBy, ...data } = command;
      return accept({ type: 'ProductRegistered', data });
    },

    ChangeListPrice: (command, state) => {
      if (state.product === null)
        return refuse('ProductUnknown', 'There is no such product.', { productId: command.productId });
      const now = state.product.listPrice;
      const next = command.listPrice;
      if (now?.amountMinor === next?.amountMinor && now?.currency === next?.currency) return accept();
      const { type: _type, ...data } = command;
      return accept({ type: 'ListPriceChanged', data });
    },
  },
};
