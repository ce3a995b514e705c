/** What producers that are not ours leave in a topic: transactions, headers of every kind, codecs, poison. */
import kafkajs from 'kafkajs';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { eventually } from '../conformance/suite.ts';
import { type Ground, ground } from './ground.ts';

let on: Ground;

beforeEach(async () => {
  on = await ground(inject('kafkaBrokers'), inject('postgresUrl'));
});
afterEach(() => on.close());

/** What the group has committed, and where the log ends, by partition. */
async function committedAndEnds(): Promise<readonly (readonly [committed: number, end: number])[]> {
  const admin = on.kafka.admin();
  await admin.connect();
  const [held] = await admin.fetchOffsets({ groupId: on.group, topics: [on.topic] });
  const ends = await admin.fetchTopicOffsets(on.topic);
  await admin.disconnect();
  return ends
    .toSorted((a, b) => a.partition - b.partition)
    .map(({ partition, high }) => [
      Number(held?.partitions.find((one) => one.partition === partition)?.offset),
      Number(high),
    ]);
}

test('the frontier moves over markers and aborted records, and stands at the start of empty partitions', async () => {
  const producer = on.kafka.producer({ transactionalId: on.topic, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  for (const [id, keep] of [
    ['kept', true],
    ['aborted', false],
    ['last', true],
  ] as const) {
    const transaction = await producer.transaction();
    const value = on.order(id).value;
    await transaction.send({
      topic: on.topic,
      messages: [{ partition: 0, key: id, value: value ? Buffer.from(value) : null }],
    });
    await (keep ? transaction.commit() : transaction.abort());
  }
  await producer.disconnect();
  const service = on.picking();
  await service.start();
  await eventually(async () => (await committedAndEnds()).every(([committed, end]) => committed === end), 'the ends');
  expect(await committedAndEnds()).toEqual([
    [6, 6],
    [0, 0],
    [0, 0],
  ]);
  const picked = (await on.picks()).toSorted((a, b) => a.offset - b.offset);
  expect(picked.map(({ orderId, offset }) => [orderId, offset])).toEqual([
    ['kept', 0],
    ['last', 4],
  ]);
  await service.stop();
  expect(on.log.incidents).toEqual([]);
});

test('a dead letter has key, value and headers byte for byte, repeated, empty and binary ones too', async () => {
  const service = on.picking();
  await service.start();
  const poison = Uint8Array.from({ length: 256 }, (_, i) => 255 - i);
  const headers: [string, Uint8Array][] = [
    ['z', Buffer.from('first')],
    ['again', Buffer.from('1')],
    ['again', Buffer.alloc(0)],
    ['again', Buffer.from([0, 255, 128])],
    ['empty', Buffer.alloc(0)],
    ['', Buffer.from('without a name')],
    ['__proto__', Buffer.from('x')],
    ['ключ', Buffer.from('ü')],
  ];
  await on.publish([
    { partition: 1, key: Buffer.from([0, 255]), value: poison, headers },
    { partition: 2, key: null, value: poison, headers: [] },
    { partition: 2, key: Buffer.alloc(0), value: Buffer.alloc(0), headers: [] },
  ]);
  const letters = await on.deadLetters(3);
  const [full, ...others] = letters.toSorted((a, b) => (b.key?.length ?? 0) - (a.key?.length ?? 0));
  expect([...(full?.key ?? [])]).toEqual([0, 255]);
  expect([...(full?.value ?? [])]).toEqual([...poison]);
  const original = full?.headers.filter(([name]) => !name.startsWith('tenet-')) ?? [];
  expect(original.map(([name, bytes]) => [name, [...bytes]])).toEqual(
    headers.map(([name, bytes]) => [name, [...bytes]]),
  );
  expect(others.map(({ key, value }) => [key?.length, value?.length])).toEqual(
    expect.arrayContaining([
      [undefined, 256],
      [0, 0],
    ]),
  );
  await service.stop();
});

/** Snappy as Java's clients frame it, with nothing but literals in it. */
const framedSnappy = {
  compress: async ({ buffer }: { buffer: Buffer }) => {
    const literal = Buffer.concat([varint(buffer.length), Buffer.from([0xf4, 0, 0]), buffer]);
    literal.writeUInt16LE(buffer.length - 1, varint(buffer.length).length + 1);
    const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
    header.writeUInt32BE(literal.length, 16);
    return Buffer.concat([header, literal]);
  },
  decompress: async (buffer: Buffer) => {
    const length = varint(buffer.length).length;
    return buffer.subarray(20 + length + 3);
  },
};

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left >>>= 7) bytes.push((left & 127) | 128);
  return Buffer.from([...bytes, left]);
}

test('gzip and zstd are read; snappy stops with advice, and goes on once its codec is registered', async () => {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const none = CompressionCodecs[CompressionTypes.Snappy];
  const service = on.picking();
  await service.start();
  const producer = on.kafka.producer();
  await producer.connect();
  const send = (id: string, compression: kafkajs.CompressionTypes) => {
    const value = on.order(id).value;
    return producer.send({
      topic: on.topic,
      compression,
      messages: [{ key: id, value: value ? Buffer.from(value) : null }],
    });
  };
  try {
    await send('zipped', CompressionTypes.GZIP);
    await send('standard', CompressionTypes.ZSTD);
    await eventually(async () => (await on.picks()).length === 2, 'two picks');
    CompressionCodecs[CompressionTypes.Snappy] = () => framedSnappy;
    const codec = CompressionCodecs[CompressionTypes.Snappy];
    await send('snappy', CompressionTypes.Snappy).finally(() => {
      CompressionCodecs[CompressionTypes.Snappy] = none;
    });
    await eventually(() => on.log.incidents.length > 0, 'an incident');
    const [incident] = on.log.incidents;
    expect(incident?.message).toContain(`${on.topic} cannot be read: Snappy compression not implemented`);
    expect(incident?.message).toContain('npm kafkajs-snappy');
    expect(service.readiness().ready).toBe(false);
    CompressionCodecs[CompressionTypes.Snappy] = codec;
    await eventually(async () => (await on.picks()).length === 3, 'the third pick');
    await eventually(() => service.readiness().ready, 'readiness');
    expect(on.log.incidents.every(({ code }) => code === 'broker-lost')).toBe(true);
  } finally {
    CompressionCodecs[CompressionTypes.Snappy] = none;
    await producer.disconnect();
    await service.stop();
  }
});
