import { ServiceRuntime } from '@kontor/service';
import type { DynamicModule } from '@nestjs/common';
import { DeliveryController } from './delivery/delivery.controller.ts';
import { OrderController } from './order/order.controller.ts';
import { OrderHandlers } from './order/order.handlers.ts';
import { PlaceOrderHandlers } from './order/place-order.handlers.ts';
import { PriceListController } from './price-list/price-list.controller.ts';
import { PriceListHandlers } from './price-list/price-list.handlers.ts';
import { ProductController } from './product/product.controller.ts';
import { ProductHandlers } from './product/product.handlers.ts';
import { ProductImport } from './product/product.import.ts';
import { ProductImportController } from './product/product-import.controller.ts';
import { QuoteController } from './quote/quote.controller.ts';
import { QuoteHandlers } from './quote/quote.handlers.ts';

/** The edge of the service, on the runtime that the composition made for it. */
export class OrdersModule {
  static register(runtime: ServiceRuntime): DynamicModule {
    return {
      module: OrdersModule,
      controllers: [
        ProductController,
        ProductImportController,
        PriceListController,
        QuoteController,
        OrderController,
        DeliveryController,
      ],
      providers: [
        { provide: ServiceRuntime, useValue: runtime },
        ProductHandlers,
        ProductImport,
        PriceListHandlers,
        QuoteHandlers,
        PlaceOrderHandlers,
        OrderHandlers,
      ],
    };
  }
}
