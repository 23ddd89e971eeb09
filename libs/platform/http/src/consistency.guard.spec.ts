import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { ConsistencyGuard } from './consistency.guard.ts';
import { Problem } from './problem.ts';
import { ValidationProblem } from './validation.ts';

const guard = new ConsistencyGuard({
  services: ['accounts', 'orders'],
  // The log of orders lies in another process.
  head: (service) => (service === 'accounts' ? Promise.resolve(7n) : undefined),
});

async function answer(query: object): Promise<unknown> {
  const context = { switchToHttp: () => ({ getRequest: () => ({ query }) }) } as unknown as ExecutionContext;
  try {
    return await guard.canActivate(context);
  } catch (error) {
    const problem = error instanceof ValidationProblem ? error.problem : error;
    return problem instanceof Problem ? [problem.status, problem.more.errors] : error;
  }
}
const refused = (reason: string) => [422, [{ field: 'consistentWith', reason }]];

describe('a consistency token', () => {
  it('X-03: of a receipt passes, as does a request without one', async () => {
    expect([await answer({}), await answer({ consistentWith: 'accounts:7' })]).toEqual([true, true]);
    expect(await answer({ consistentWith: 'accounts:0,orders:999' })).toBe(true);
  });

  it('X-07: of another form, of no service or ahead of the log is refused with field and reason', async () => {
    const form = refused('must be a consistency token such as orders:18842');
    expect(await answer({ consistentWith: 'yesterday' })).toEqual(form);
    expect(await answer({ consistentWith: 'accounts:7,' })).toEqual(form);
    expect(await answer({ consistentWith: ['accounts:7', 'orders:1'] })).toEqual(refused('must be text'));
    expect(await answer({ consistentWith: 'accounts:7,mars:1' })).toEqual(
      refused('names mars, which is no service; there are accounts, orders'),
    );
    expect(await answer({ consistentWith: 'accounts:8' })).toEqual(
      refused('names accounts:8, but the log of accounts has only reached 7'),
    );
  });
});
