// as: apps/orders/src/fixture.ts
// expect: @typescript-eslint/consistent-type-imports
import { Server } from 'node:http';

export const close = (server: Server): void => void server.close();
