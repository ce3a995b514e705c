import { describe, expect, test } from 'vitest';
import { type Answer, CircuitBreaker, fewestBad } from '../../../../runtime/src/consumer/pace/circuit-breaker.ts';

/** Opens at more than half of a minute, tries every ten seconds. */
function circuit() {
  const breaker = new CircuitBreaker<string>({ share: 0.5, overMs: 60_000, probeEveryMs: 10_000 });
  const ended = (answer: Answer, times: number, now = 0) => {
    let moved = false;
    for (let i = 0; i < times; i++) moved = breaker.ended(`r${i}`, answer, now) || moved;
    return moved;
  };
  return { breaker, ended };
}

function open(now = 0) {
  const { breaker, ended } = circuit();
  ended('bad', fewestBad, now);
  expect(breaker.open).toBe(true);
  return breaker;
}

describe('closed', () => {
  test('a few bad ones open nothing, whatever share they are', () => {
    const { breaker, ended } = circuit();
    expect([ended('bad', fewestBad - 1), breaker.open, breaker.waitMs(0)]).toEqual([false, false, 0]);
    expect([ended('bad', 1), breaker.open]).toEqual([true, true]);
  });

  test('opens at more than its share, not at its share', () => {
    const { breaker, ended } = circuit();
    ended('good', 20);
    expect([ended('bad', 20), breaker.open]).toEqual([false, false]);
    expect([ended('bad', 1), breaker.open]).toEqual([true, true]);
  });

  test('what is unclear or was not asked does not count', () => {
    const { breaker, ended } = circuit();
    ended('bad', fewestBad - 1);
    ended('unclear', 100);
    ended('not-asked', 100);
    expect([ended('bad', 1), breaker.open]).toEqual([true, true]);
  });

  test('forgets what is older than its time', () => {
    const { breaker, ended } = circuit();
    ended('bad', fewestBad - 1, 0);
    expect([ended('bad', 1, 60_000), breaker.open]).toEqual([false, false]);
  });
});

describe('open', () => {
  test('lets one through every ten seconds, one at a time', () => {
    const breaker = open();
    expect([breaker.waitMs(0), breaker.waitMs(9999), breaker.waitMs(10_000)]).toEqual([10_000, 1, 0]);
    breaker.begun('probe', 10_000);
    expect(breaker.waitMs(99_000)).toBe(Number.POSITIVE_INFINITY);
    expect(breaker.ended('probe', 'bad', 12_000)).toBe(false);
    expect([breaker.waitMs(12_000), breaker.waitMs(20_000)]).toEqual([8000, 0]);
  });

  test('closes when a probe is good, and has forgotten then', () => {
    const breaker = open();
    breaker.begun('probe', 10_000);
    expect([breaker.ended('probe', 'good', 11_000), breaker.open, breaker.waitMs(11_000)]).toEqual([true, false, 0]);
    expect(breaker.ended('next', 'bad', 11_000)).toBe(false);
  });

  test('believes no one that was begun before it opened', () => {
    const breaker = open();
    expect([breaker.ended('earlier', 'good', 1), breaker.open]).toEqual([false, true]);
    breaker.begun('probe', 10_000);
    expect([breaker.ended('earlier', 'good', 10_001), breaker.open]).toEqual([false, true]);
    expect(breaker.waitMs(10_001)).toBe(Number.POSITIVE_INFINITY);
  });

  test('a probe that says nothing is repeated in time; one that was not asked, at once', () => {
    const breaker = open();
    breaker.begun('probe', 10_000);
    breaker.ended('probe', 'unclear', 10_500);
    expect(breaker.waitMs(10_500)).toBe(9500);
    breaker.begun('duplicate', 20_000);
    breaker.ended('duplicate', 'not-asked', 20_500);
    expect([breaker.waitMs(20_500), breaker.open]).toEqual([0, true]);
  });
});
