import { describe, expect, it } from '@jest/globals';
import { identityOfName, importedName } from './index.ts';

describe('ids of imported things', () => {
  it('X-09: knows an account, an agent and a product by name without spaces and case', () => {
    expect(identityOfName('GTX Pro')).toBe(identityOfName('GTXPro'));
    expect(identityOfName(' Acme  Corporation')).toBe('acmecorporation');
    expect(importedName('crm', 'product', identityOfName('GTX Pro'))).toBe('crm|product|gtxpro');
  });
});
