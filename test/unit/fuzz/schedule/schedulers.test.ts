// What every scheduler owes to the loop.
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../../src/base/rng.js';
import { UserError } from '../../../../src/base/user-error.js';
import { parseScheduler, schedulerNames, schedulers } from '../../../../src/fuzz/schedule/index.js';
import { contextOf, draws, turns } from './corpora.js';

describe.each(Object.entries(schedulers))('%s', (_, create) => {
  test('never returns a closed entry, while instances close and the corpus grows', () => {
    const rng = createRng(3);
    const open = new Set(Array.from({ length: 50 }, (_, seed) => seed));
    const context = contextOf(50, [], (seed) => open.has(seed));
    const scheduler = create(context);
    for (let step = 0; step < 20_000; step++) {
      const entry = scheduler.next(rng);
      expect(entry).toBeLessThan(context.corpus.size);
      expect(open.has(context.corpus.seedOf(entry))).toBe(true);
      scheduler.learn({ entry, executions: 64, kept: 0, findings: 0 });
      if (step % 7 === 0) context.discover(context.corpus.seedOf(entry));
      if (step % 400 === 0 && open.size > 1) open.delete(context.corpus.seedOf(entry));
    }
    expect(open.size).toBe(1);
  });

  test('equal seeds give equal choices', () => {
    const choices = () => draws(create, contextOf(20, [1, 1, 5, 19]), 500);
    expect(choices()).toEqual(choices());
  });

  test('leaves no open entry out', () => {
    const context = contextOf(8, [3, 3, 4]);
    expect(new Set(draws(create, context, 2_000)).size).toBe(11);
  });

  // By count and not by time: a scan of 100,000 closed entries at each choice would ask 10^9 times.
  test('asks about a closed entry once, not at every choice', () => {
    let asked = 0;
    const only = 99_999;
    const context = contextOf(100_000, [], (seed) => {
      asked++;
      return seed === only;
    });
    const scheduler = create(context);
    expect(new Set(turns(scheduler, 10_000))).toEqual(new Set([only]));
    expect(asked).toBeLessThan(100_000 + 3 * 10_000);
  });

  test('asks little where all are open', () => {
    let asked = 0;
    const context = contextOf(1000, new Array(99_000).fill(7), () => ++asked > 0);
    draws(create, context, 10_000);
    expect(asked).toBeLessThan(3 * 10_000);
  });

  test('says so when it is asked although all is closed', () => {
    const scheduler = create(contextOf(5, [1], () => false));
    expect(() => scheduler.next(createRng(1))).toThrow('every instance is closed');
  });
});

test('names are read, and mistaken ones refused with a suggestion', () => {
  for (const name of schedulerNames) expect(parseScheduler(name)).toBe(schedulers[name]);
  const refusal = (name: string) => {
    try {
      parseScheduler(name);
      return undefined;
    } catch (error) {
      return error instanceof UserError ? { code: error.code, ...error.details } : undefined;
    }
  };
  expect(refusal('fats')).toEqual({
    code: 'USAGE',
    where: '--schedule',
    problem: 'unknown scheduler "fats"',
    hint: 'did you mean "fast"?',
  });
  expect(refusal('toString')?.hint).toBe('give one of "uniform", "recent", "fast", "explore", "exploit"');
});
