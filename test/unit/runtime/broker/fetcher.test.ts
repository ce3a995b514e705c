// Answers that come late, partitions that are paused: moments that no real broker can be made to show.
import { expect, test } from 'vitest';
import type { ConsumerListener } from '../../../../runtime/src/broker/broker.ts';
import type { Fetched, FetchRequest } from '../../../../runtime/src/broker/kafka/cluster.ts';
import { Fetcher } from '../../../../runtime/src/broker/kafka/fetcher.ts';
import { type Asked, fakeCluster, protocolError } from './fake-cluster.ts';

const refs = [0, 1].map((partition) => ({ topic: 't', partition }));
const [p0, p1] = [
  { topic: 't', partition: 0 },
  { topic: 't', partition: 1 },
];

function fetching(onRecords: (partition: number) => void = () => undefined) {
  const fake = fakeCluster(2);
  const heard: string[] = [];
  const listener: ConsumerListener = {
    assigned: () => undefined,
    revoking: async () => undefined,
    lost: () => undefined,
    records: ({ partition }, records) => {
      heard.push(`${partition}: ${records.map(({ offset }) => offset).join()}`);
      onRecords(partition);
    },
    offsetLost: ({ partition }, position) => heard.push(`lost ${partition}@${position}`),
    failed: (error, fatal) => heard.push(`failed ${error.message} ${fatal}`),
    recovered: () => heard.push('recovered'),
  };
  const fetcher = new Fetcher(fake.cluster, listener, () => undefined);
  fetcher.hold(refs);
  return { fake, fetcher, heard };
}

/** What a request asks for, as `partition@offset`. */
function places(asked: Asked): readonly string[] {
  return (asked.with as FetchRequest).from.map(({ partition, offset }) => `${partition}@${offset}`);
}

function read(partition: number, ...offsets: readonly number[]): Fetched {
  const of = { topic: 't', partition };
  const records = offsets.map((offset) => ({
    ...of,
    offset: BigInt(offset),
    timestamp: 0,
    key: null,
    value: null,
    headers: [],
  }));
  return { ...of, logEnd: 99n, next: BigInt((offsets.at(-1) ?? -1) + 1), records: () => records };
}

const refused = (partition: number, error: string): Fetched => ({ topic: 't', partition, error });

test('a partition that was assigned is not asked for before it is resumed, whatever the others do', async () => {
  const { fake, fetcher } = fetching();
  for (const ref of refs) fetcher.seek(ref, 3n);
  fetcher.resume([p0]);
  expect(places(await fake.next('fetch'))).toEqual(['0@3']);
  fetcher.stop();
});

test('an answer to where the core has sought away from is thrown away', async () => {
  const { fake, fetcher, heard } = fetching();
  fetcher.seek(p0, 3n);
  fetcher.resume([p0]);
  const old = await fake.next('fetch');
  fetcher.seek(p0, 40n);
  old.answer([read(0, 3, 4)]);
  const now = await fake.next('fetch');
  expect([places(now), heard]).toEqual([['0@40'], []]);
  now.answer([read(0, 40)]);
  expect(places(await fake.next('fetch'))).toEqual(['0@41']);
  expect(heard).toEqual(['0: 40']);
  fetcher.stop();
});

test('an answer for an assignment that is over is thrown away', async () => {
  const { fake, fetcher, heard } = fetching();
  fetcher.seek(p0, 3n);
  fetcher.resume([p0]);
  const old = await fake.next('fetch');
  fetcher.hold([p0]);
  old.answer([read(0, 3)]);
  fetcher.seek(p0, 3n);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect([heard, fake.waiting('fetch')]).toEqual([[], 0]);
  fetcher.stop();
});

test('what a paused partition still gets waits for it, and is not asked for again', async () => {
  const { fake, fetcher, heard } = fetching();
  for (const ref of refs) fetcher.seek(ref, 0n);
  fetcher.resume(refs);
  const first = await fake.next('fetch');
  expect(places(first)).toEqual(['0@0', '1@0']);
  fetcher.pause([p0]);
  first.answer([read(0, 0, 1)]);
  expect(places(await fake.next('fetch'))).toEqual(['1@0']);
  expect(heard).toEqual([]);
  fetcher.resume([p0]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard).toEqual(['0: 0,1']);
  fetcher.stop();
});

test('one request at a time goes to a broker', async () => {
  const { fake, fetcher } = fetching();
  fetcher.seek(p0, 0n);
  fetcher.resume([p0]);
  const first = await fake.next('fetch');
  fetcher.seek(p1, 0n);
  fetcher.resume([p1]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(fake.waiting('fetch')).toBe(0);
  first.answer([]);
  expect(places(await fake.next('fetch'))).toEqual(['0@0', '1@0']);
  fetcher.stop();
});

test('a lost offset stops its partition and no other', async () => {
  const { fake, fetcher, heard } = fetching();
  for (const ref of refs) fetcher.seek(ref, 5n);
  fetcher.resume(refs);
  (await fake.next('fetch')).answer([refused(1, 'OFFSET_OUT_OF_RANGE')]);
  expect(places(await fake.next('fetch'))).toEqual(['0@5']);
  expect(heard).toEqual(['lost 1@5']);
  fetcher.stop();
});

test('what is refused is told at once, is not fatal, and is told to be over', async () => {
  const { fake, fetcher, heard } = fetching();
  fetcher.seek(p0, 0n);
  fetcher.resume([p0]);
  (await fake.next('fetch')).fail(protocolError('TOPIC_AUTHORIZATION_FAILED'));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard).toEqual(['failed TOPIC_AUTHORIZATION_FAILED false']);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  (await fake.next('fetch')).answer([]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard.slice(1)).toEqual(['recovered']);
  fetcher.stop();
});

test('the next request is on its way before the core is handed what the last one brought', async () => {
  const { fake, fetcher, heard } = fetching();
  fetcher.seek(p0, 0n);
  fetcher.resume([p0]);
  (await fake.next('fetch')).answer([read(0, 0, 1)]);
  await Promise.resolve();
  // As many turns of the microtask queue as a request takes at most; the core has its turn only after them.
  for (let turn = 0; turn < 20 && fake.waiting('fetch') === 0; turn += 1) await Promise.resolve();
  expect([fake.waiting('fetch'), heard]).toEqual([1, []]);
  expect(places(await fake.next('fetch'))).toEqual(['0@2']);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard).toEqual(['0: 0,1']);
  fetcher.stop();
});

test('two answers that wait for a paused partition are given in their order, and a third is not asked for', async () => {
  const { fake, fetcher, heard } = fetching();
  fetcher.seek(p0, 0n);
  fetcher.resume([p0]);
  const first = await fake.next('fetch');
  first.answer([read(0, 0, 1)]);
  const second = await fake.next('fetch');
  await new Promise((resolve) => setTimeout(resolve, 10));
  fetcher.pause([p0]);
  second.answer([read(0, 2, 3)]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  fetcher.resume([p0]);
  fetcher.pause([p0]);
  expect([heard, fake.waiting('fetch')]).toEqual([['0: 0,1'], 0]);
  fetcher.resume([p0]);
  expect(places(await fake.next('fetch'))).toEqual(['0@4']);
  expect(heard).toEqual(['0: 0,1', '0: 2,3']);
  fetcher.stop();
});

test('a core that pauses while it is handed one partition gets the others when it resumes them', async () => {
  const { fake, fetcher, heard } = fetching((partition) => {
    if (partition === 0) fetcher.pause([p1]);
  });
  for (const ref of refs) fetcher.seek(ref, 0n);
  fetcher.resume(refs);
  (await fake.next('fetch')).answer([read(0, 0), read(1, 0)]);
  const next = await fake.next('fetch');
  await new Promise((resolve) => setTimeout(resolve, 10));
  next.answer([read(0, 1), read(1, 1)]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard).toEqual(['0: 0', '0: 1']);
  fetcher.resume([p1]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard.slice(2)).toEqual(['1: 0', '1: 1']);
  fetcher.stop();
});

test('an error of one partition holds nothing back that came for the others', async () => {
  const { fake, fetcher, heard } = fetching();
  for (const ref of refs) fetcher.seek(ref, 0n);
  fetcher.resume(refs);
  (await fake.next('fetch')).answer([refused(0, 'NOT_LEADER_OR_FOLLOWER'), read(1, 0, 1)]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard).toEqual(['1: 0,1']);
  expect(places(await fake.next('fetch'))).toEqual(['0@0', '1@2']);
  fetcher.stop();
});

test.each(['NOT_LEADER_OR_FOLLOWER', 'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'KAFKA_STORAGE_ERROR'])(
  '%s is no lost offset: it is asked again',
  async (error) => {
    const { fake, fetcher, heard } = fetching();
    fetcher.seek(p0, 3n);
    fetcher.resume([p0]);
    (await fake.next('fetch')).answer([refused(0, error)]);
    expect(places(await fake.next('fetch'))).toEqual(['0@3']);
    expect(heard).toEqual([]);
    fetcher.stop();
  },
);

test('what cannot be decoded is asked for again, and nothing behind it is handed over before it', async () => {
  const { fake, fetcher, heard } = fetching();
  fetcher.seek(p0, 0n);
  fetcher.resume([p0]);
  const damaged = () => {
    throw new Error('damaged');
  };
  (await fake.next('fetch')).answer([{ ...read(0, 0, 1), records: damaged }]);
  const behind = await fake.next('fetch');
  await new Promise((resolve) => setTimeout(resolve, 10));
  behind.answer([read(0, 2, 3)]);
  const again = await fake.next('fetch');
  expect([places(again), heard]).toEqual([['0@0'], []]);
  again.answer([read(0, 0, 1)]);
  expect(places(await fake.next('fetch'))).toEqual(['0@2']);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard).toEqual(['0: 0,1']);
  fetcher.stop();
});
