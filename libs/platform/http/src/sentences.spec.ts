import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import './sentences.ts';

const schema = z.strictObject({
  text: z.string(),
  count: z.number().int().min(2).max(9),
  flag: z.boolean(),
  list: z.array(z.string().max(3)).min(1).max(2),
  kind: z.enum(['a', 'b']),
  one: z.literal('x'),
  many: z.union([z.literal('all'), z.uuid()]),
  pair: z.array(z.number()).min(2),
  code: z.string().regex(/^[A-Z]$/),
  step: z.number().multipleOf(5),
  own: z.string().refine((text) => text === 'own'),
  record: z.record(z.string().max(1), z.number()),
  when: z.email(),
  said: z.string('must be a name'),
});

function reasons(value: unknown): unknown {
  const { error } = schema.safeParse(value);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('what a refused field is told', () => {
  it('X-07: is a sentence of ours, whatever was wrong', () => {
    expect(reasons('x')).toEqual([': must be an object']);
    const bad = {
      text: 7,
      count: 1.5,
      flag: 'yes',
      list: [],
      kind: 'c',
      one: 'y',
      many: 7,
      pair: [1],
      code: 'ab',
      step: 3,
      own: 'theirs',
      record: { ab: 1 },
      when: 'now',
    };
    expect(reasons(bad)).toEqual([
      'text: must be text',
      'count: must be a whole number',
      'flag: must be true or false',
      'list: must not be empty',
      'kind: must be one of a, b',
      'one: must be x',
      'many: has none of the forms that are allowed here',
      'pair: must have at least 2 entries',
      'code: must have the form /^[A-Z]$/',
      'step: must be a multiple of 5',
      'own: is not allowed',
      'record.ab: has a name that is not allowed',
      'when: must be an e-mail address',
      'said: must be a name',
    ]);
    expect(reasons({ ...bad, count: 10, list: ['abcd'], text: undefined, flag: null })).toEqual(
      expect.arrayContaining([
        'text: is missing',
        'count: must be at most 9',
        'flag: must be true or false',
        'list.0: must have at most 3 characters',
      ]),
    );
    expect(reasons({ ...bad, count: 1, list: ['a', 'b', 'c'] })).toEqual(
      expect.arrayContaining(['count: must be at least 2', 'list: must have at most 2 entries']),
    );
  });
});
