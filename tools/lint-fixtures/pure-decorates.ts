// as: libs/orders/domain/src/fixture.ts
// expect: no-restricted-syntax
const Entity = (target: new () => unknown) => void target;

@Entity
export class Order {}
