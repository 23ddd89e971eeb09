import { expect, it } from '@jest/globals';
import { Gathered } from './gathered.ts';

it('asks at once what is asked together, and gathers while it waits', async () => {
  const asked: (readonly number[])[] = [];
  const gathered = new Gathered(async (questions: readonly number[]) => {
    asked.push(questions);
    return questions.map((question) => question * 2);
  });
  const first = [gathered.ask(1), gathered.ask(2)];
  expect(await Promise.all(first)).toEqual([2, 4]);
  expect(await gathered.ask(3)).toBe(6);
  expect(asked).toEqual([[1, 2], [3]]);
});

it("a statement that fails is everybody's who asked with it, and nobody else's", async () => {
  const gathered = new Gathered(async (questions: readonly string[]) => {
    if (questions.includes('bad')) throw new Error('no answer');
    return questions;
  });
  const together = await Promise.allSettled([gathered.ask('good'), gathered.ask('bad')]);
  expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await gathered.ask('good')).toBe('good');
});

it('answers more questions than one statement takes', async () => {
  const sizes: number[] = [];
  const gathered = new Gathered(async (questions: readonly number[]) => {
    sizes.push(questions.length);
    return questions;
  });
  const all = Array.from({ length: 300 }, (_unused, n) => n);
  expect(await Promise.all(all.map((n) => gathered.ask(n)))).toEqual(all);
  expect(sizes).toEqual([256, 44]);
});
