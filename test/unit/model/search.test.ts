import { describe, expect, test } from 'vitest';
import { type Model, search } from '../../model/search.ts';

/** A counter that may be doubled or raised by one, up to 20; a fault sets it to 13, from which nothing leads on. */
function counter(broken: (count: number) => boolean): Model<{ readonly count: number }> {
  return {
    initial: { count: 1 },
    steps({ count }) {
      if (count === 13 || count >= 20) return [];
      const fault = count === 7 ? [{ name: 'falls', fault: true, next: { count: 13 } }] : [];
      return [
        { name: 'doubles', fault: false, next: { count: count * 2 } },
        { name: 'adds one', fault: false, next: { count: count + 1 === 13 ? 20 : count + 1 } },
        ...fault,
      ];
    },
    broken: ({ count }) => (broken(count) ? { invariant: 'I0', why: `the count is ${count}` } : undefined),
    atRest: ({ count }) => count >= 20,
  };
}

describe('the search', () => {
  test('answers a shortest trace to what is broken', () => {
    expect(search(counter((count) => count === 12)).found).toEqual({
      invariant: 'I0',
      why: 'the count is 12',
      trace: ['doubles', 'adds one', 'doubles', 'doubles'],
    });
  });

  test('counts every state once, however many ways lead to it', () => {
    const model = counter(() => false);
    const reached = new Set<number>();
    const walk = (state: { readonly count: number }): void => {
      if (reached.has(state.count)) return;
      reached.add(state.count);
      for (const { next } of model.steps(state)) walk(next);
    };
    walk(model.initial);
    expect(search(model).states).toBe(reached.size);
  });

  test('finds the first state from which nothing leads to rest', () => {
    const { found } = search(counter(() => false));
    expect(found).toMatchObject({ invariant: 'progress' });
    expect(found?.trace.at(-1)).toBe('falls');
  });

  test('does not let progress lean on a fault', () => {
    const only = (fault: boolean): Model<{ readonly at: number }> => ({
      initial: { at: 0 },
      steps: ({ at }) => (at === 0 ? [{ name: 'goes', fault, next: { at: 1 } }] : []),
      broken: () => undefined,
      atRest: ({ at }) => at === 1,
    });
    expect(search(only(false)).found).toBeUndefined();
    expect(search(only(true)).found).toMatchObject({ invariant: 'progress', trace: [] });
  });

  test('is an error when it is cut off', () => {
    expect(() =>
      search(
        counter(() => false),
        5,
      ),
    ).toThrow('more than 5 states: the instance is too large');
  });
});
