import type { ProductRegistered } from './product.events.ts';

export interface ProductState {
  /** Null: there is no such product. */
  readonly product: ProductRegistered['data'] | null;
}

export const noProduct: ProductState = { product: null };
