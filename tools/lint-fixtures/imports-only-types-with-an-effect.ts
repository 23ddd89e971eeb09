// as: apps/orders/src/fixture.ts
// expect: @typescript-eslint/no-import-type-side-effects
import { type Server } from 'node:http';

export const close = (server: Server): void => void server.close();
