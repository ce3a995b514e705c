import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InLane, type Lane, Lanes } from '../../../runtime/src/consumer/lanes.ts';

class Item implements InLane<Item> {
  readonly key: string;
  readonly number: number;
  lane: Lane<Item> | undefined = undefined;
  ahead: Item | undefined = undefined;
  behind: Item | undefined = undefined;
  running = false;
  constructor(key: string, number: number) {
    this.key = key;
    this.number = number;
  }
}

describe('I3 order', () => {
  test('one of a key at a time, in the order of arrival, whatever ends first', () => {
    const steps = fc.array(
      fc.oneof(fc.record({ key: fc.constantFrom('a', 'b', 'c') }), fc.record({ end: fc.nat(50) })),
      { maxLength: 200, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (history) => {
        const lanes = new Lanes<Item>();
        const running: Item[] = [];
        const started = new Map<string, number[]>();
        const arrived = new Map<string, number[]>();
        const start = (item: Item | undefined) => {
          if (item === undefined) return;
          expect(running.some((one) => one.key === item.key)).toBe(false);
          item.running = true;
          running.push(item);
          started.set(item.key, [...(started.get(item.key) ?? []), item.number]);
        };
        const end = (index: number) => {
          const [item] = running.splice(index % Math.max(1, running.length), 1);
          if (item === undefined) return;
          item.running = false;
          start(lanes.leave(item));
        };
        history.forEach((step, number) => {
          if ('end' in step) {
            end(step.end);
            return;
          }
          const item = new Item(step.key, number);
          arrived.set(step.key, [...(arrived.get(step.key) ?? []), number]);
          if (lanes.enter(step.key, item)) start(item);
        });
        while (running.length > 0) end(0);
        expect(started).toEqual(arrived);
        expect(lanes.size).toBe(0);
      }),
    );
  });

  test('a handler that outlives its epoch holds its key back when the partition comes back', () => {
    const lanes = new Lanes<Item>();
    const [zombie, waiting, other] = [new Item('a', 1), new Item('a', 2), new Item('b', 3)];
    expect(lanes.enter('a', zombie)).toBe(true);
    zombie.running = true;
    expect(lanes.enter('a', waiting)).toBe(false);
    expect(lanes.enter('b', other)).toBe(true);
    lanes.abandon();
    expect(lanes.size).toBe(1);
    const [again, fresh] = [new Item('a', 1), new Item('b', 3)];
    expect(lanes.enter('a', again)).toBe(false);
    expect(lanes.enter('b', fresh)).toBe(true);
    zombie.running = false;
    expect(lanes.leave(zombie)).toBe(again);
    expect(lanes.leave(again)).toBeUndefined();
  });

  test('what waited behind it in the old epoch is not woken by its end', () => {
    const lanes = new Lanes<Item>();
    const [zombie, waiting, fresh] = [new Item('a', 1), new Item('a', 2), new Item('a', 1)];
    lanes.enter('a', zombie);
    zombie.running = true;
    lanes.enter('a', waiting);
    lanes.abandon();
    zombie.running = false;
    expect(lanes.leave(zombie)).toBeUndefined();
    expect(lanes.enter('a', fresh)).toBe(true);
  });

  test('an entry of an abandoned lane opens nothing when it ends', () => {
    const lanes = new Lanes<Item>();
    const [old, fresh] = [new Item('a', 1), new Item('a', 1)];
    lanes.enter('a', old);
    lanes.abandon();
    expect(lanes.enter('a', fresh)).toBe(true);
    expect(lanes.leave(old)).toBeUndefined();
    expect(lanes.size).toBe(1);
  });
});
