import { describe, expect, test } from 'vitest';
import { type Account, broken, countAccount, type Effect, type TopicRecord } from '../../account/account.ts';

const record = (offset: number, orderId: string, revision = 1): TopicRecord => ({
  partition: 0,
  offset,
  key: Buffer.from(orderId),
  value: Buffer.from(JSON.stringify({ orderId, revision })),
  headers: new Map([['ce_id', `id-${offset}`]]),
});

const poison = (offset: number): TopicRecord => ({ ...record(offset, 'p'), value: Buffer.from('{"orderId":') });

const letter = (of: TopicRecord): TopicRecord => ({
  ...of,
  offset: 0,
  headers: new Map([
    ...of.headers,
    ['tenet-dlq-original-partition', String(of.partition)],
    ['tenet-dlq-original-offset', String(of.offset)],
    ['tenet-dlq-owner', 'warehouse'],
    ['tenet-dlq-investigate-by', '2026-01-01T00:00:00.000Z'],
    ['tenet-dlq-disposition', 'DESERIALIZATION'],
    ['tenet-dlq-error-message', 'not JSON'],
  ]),
});

const effect = (sequence: number, offset: number, key: string, revision = 1): Effect => ({
  partition: 0,
  offset,
  identity: `${key}/${revision}`,
  key,
  sequence,
});

const identify = (r: TopicRecord) => {
  const match = /"orderId":"(.+)","revision":(\d+)/.exec(String(r.value));
  return match ? `${match[1]}/${match[2]}` : undefined;
};

/** Two revisions of a, one of b twice, one poison: everything kept. */
const emitted = [record(0, 'a', 1), record(1, 'b'), record(2, 'a', 2), record(3, 'b'), poison(4)];
const deadLetters = [letter(poison(4))];
const effects = [effect(1, 0, 'a', 1), effect(2, 1, 'b'), effect(3, 2, 'a', 2)];
const kept = { emitted, deadLetters, effects, identify, deduplicates: true };

const verdict = (changes: Partial<typeof kept>): readonly string[] => {
  const evidence = { ...kept, ...changes };
  return broken(countAccount(evidence), evidence.deduplicates);
};

test('counts each record once, by what became of it', () => {
  const { letters, ...counts } = countAccount(kept);
  expect(counts).toEqual({
    emitted: 5,
    handled: 3,
    duplicate: 1,
    deadLettered: 1,
    lost: 0,
    appliedTwice: 0,
    outOfOrder: 0,
    unfaithful: 0,
    inexplicable: 0,
  } satisfies Omit<Account, 'letters'>);
  expect(letters).toEqual([
    {
      partition: 0,
      offset: 4,
      owner: 'warehouse',
      investigateBy: '2026-01-01T00:00:00.000Z',
      disposition: 'DESERIALIZATION',
      message: 'not JSON',
    },
  ]);
  expect(verdict({})).toEqual([]);
});

describe('goes red', () => {
  test('when one event is lost', () => {
    expect(verdict({ effects: effects.slice(1) })).toEqual(['lost 1', 'emitted 5 ≠ 4 accounted for']);
  });

  test('when a dead letter is lost', () => {
    expect(verdict({ deadLetters: [] })).toEqual(['lost 1', 'emitted 5 ≠ 4 accounted for']);
  });

  test('when an effect is applied twice', () => {
    expect(verdict({ effects: [...effects, effect(4, 3, 'b')] })).toEqual(['effects applied twice 1']);
  });

  test('when a later revision was applied first', () => {
    expect(verdict({ effects: [effect(1, 2, 'a', 2), effect(2, 0, 'a', 1), effect(3, 1, 'b')] })).toEqual([
      'out of order 1',
    ]);
  });

  test('when a dead letter is not the record byte for byte', () => {
    expect(verdict({ deadLetters: [{ ...letter(poison(4)), value: Buffer.from('{}') }] })).toEqual([
      'unfaithful dead letters 1',
    ]);
  });

  test('when a dead letter names no owner', () => {
    const anonymous = letter(poison(4));
    const headers = new Map([...anonymous.headers].filter(([name]) => name !== 'tenet-dlq-owner'));
    expect(verdict({ deadLetters: [{ ...anonymous, headers }] })).toEqual(['unfaithful dead letters 1']);
  });

  test('when a record was both handled and dead-lettered', () => {
    expect(verdict({ deadLetters: [...deadLetters, letter(record(0, 'a', 1))] })).toEqual(['inexplicable 1']);
  });

  test('when an effect has no record', () => {
    expect(verdict({ effects: [...effects, effect(9, 77, 'z')] })).toEqual(['inexplicable 1']);
  });
});

test('at-least-once may repeat an effect; the repeat is counted and is no inversion', () => {
  const repeated = [...effects, effect(4, 3, 'b'), effect(5, 0, 'a', 1)];
  const account = countAccount({ ...kept, effects: repeated, deduplicates: false });
  expect(account).toMatchObject({ handled: 4, duplicate: 0, appliedTwice: 1, outOfOrder: 0 });
  expect(broken(account, false)).toEqual([]);
});
