// as: libs/orders/domain/src/fixture.ts
// expect: @typescript-eslint/switch-exhaustiveness-check
export function label(status: 'open' | 'closed'): string {
  switch (status) {
    case 'open':
      return 'open';
  }
  return '';
}
