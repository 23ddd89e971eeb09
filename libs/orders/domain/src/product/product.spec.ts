import { describe, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { productDecider } from './product.decider.ts';
import { listPriceChanged, productRegistered, registerProduct } from './product.scenarios.ts';

describe('product', () => {
  it('O-01: registers a product with its warranty term, serial tracking and list price', () => {
    given(productDecider, []).when(registerProduct).then(productRegistered);
  });

  it('O-01: refuses a second product under an article number', () => {
    given(productDecider, [])
      .when({ ...registerProduct, skuTakenBy: 'other' })
      .thenRefused('SkuTaken', { productId: 'other', sku: 'GTX Pro' });
  });

  it('O-01: registers a product once', () => {
    given(productDecider, [productRegistered])
      .when(registerProduct)
      .thenRefused('ProductAlreadyRegistered', { productId: registerProduct.productId });
  });

  it('O-01: refuses a warranty of no month or of more than fifty years', () => {
    for (const warrantyMonths of [0, -1, 601])
      given(productDecider, [])
        .when({ ...registerProduct, warrantyMonths })
        .thenRefused('WarrantyTermOutOfRange', { warrantyMonths });
  });

  it('O-01: refuses serial numbers for a service', () => {
    given(productDecider, [])
      .when({ ...registerProduct, kind: 'service' })
      .thenRefused('ServiceHasNoSerial', { kind: 'service' });
  });

  it('O-01: changes the list price, and says nothing when it is the same', () => {
    const { productId, listPrice, source, businessDate } = listPriceChanged.data;
    const command = { type: 'ChangeListPrice', productId, listPrice, source, businessDate } as const;
    given(productDecider, [productRegistered]).when(command).then(listPriceChanged);
    given(productDecider, [productRegistered, listPriceChanged]).when(command).then();
    given(productDecider, []).when(command).thenRefused('ProductUnknown', { productId });
  });
});
