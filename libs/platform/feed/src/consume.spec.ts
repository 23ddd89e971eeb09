import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { endOf } from '@kontor/testing';

it('fault row 6: a feed that fails while the batch before is still written is read again, and ends nothing', async () => {
  const { code, output } = await endOf(join(import.meta.dirname, 'consume.scenarios.ts'), []);
  expect({ code, output }).toEqual({ code: 0, output: 'handled 1,1,2, retried 1\n' });
});
