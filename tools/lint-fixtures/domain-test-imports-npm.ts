// as: libs/orders/domain/src/fixture.spec.ts
// expect: @nx/enforce-module-boundaries
export { of } from 'rxjs';
