import { resolve } from 'node:path';
import { startKafka } from '../../support/kafka.ts';
import type { BenchResult, Progress } from '../bench.ts';
import { measured } from '../measured-child.ts';
import { median } from '../statistics.ts';
import { threeDigits } from '../table.ts';
import type { ContenderAnswer, ContenderTask } from './contender-main.ts';
import { partitions, writeOrders } from './orders-topic.ts';

export interface ConsumeBenchOptions {
  readonly records: number;
  readonly runs: number;
}

interface Measured {
  readonly contender: string;
  readonly perSecond: number;
  readonly peakMebibytes: number;
  /** Of the raw client that it is built on. */
  readonly share: number;
}

const main = resolve(import.meta.dirname, 'contender-main.ts');

/** A contender and the raw client that it is measured by. */
const contenders = [
  ['kafkajs eachMessage', 'kafkajs eachMessage'],
  ['tenet on kafkajs', 'kafkajs eachMessage'],
  ['platformatic stream', 'platformatic stream'],
  ['tenet on platformatic', 'platformatic stream'],
] as const;

/** How fast a topic is read, beside the clients themselves with nothing but parsing and validation. */
export async function consumeBench({ records, runs }: ConsumeBenchOptions, progress: Progress): Promise<BenchResult> {
  progress('consume: starting Kafka');
  const broker = await startKafka();
  try {
    const topic = 'bench-orders';
    progress(`consume: writing ${records} records`);
    await writeOrders(broker.brokers, topic, records);
    const rates = new Map<string, number[]>(contenders.map(([contender]) => [contender, []]));
    const peaks = new Map<string, number[]>(contenders.map(([contender]) => [contender, []]));
    // In turns, so that a machine that is busy for a while is busy for all of them.
    for (let run = 1; run <= runs; run += 1) {
      for (const [contender] of contenders) {
        progress(`consume: run ${run} of ${runs}, ${contender}`);
        const task: ContenderTask = { contender, brokers: broker.brokers, topic, records };
        const { output, exitCode, peakMebibytes } = await measured({ file: main, args: [JSON.stringify(task)] });
        if (exitCode !== 0) throw new Error(`${contender} ended with ${exitCode}`);
        const { seconds }: ContenderAnswer = JSON.parse(output);
        rates.get(contender)?.push(records / seconds);
        peaks.get(contender)?.push(peakMebibytes);
      }
    }
    const rateOf = (contender: string) => median(rates.get(contender) ?? []);
    const data = contenders.map(
      ([contender, raw]): Measured => ({
        contender,
        perSecond: rateOf(contender),
        peakMebibytes: median(peaks.get(contender) ?? []),
        share: rateOf(contender) / rateOf(raw),
      }),
    );
    return {
      name: 'consume',
      title: 'Consuming',
      about: [
        `Orders of about 1 KiB with ten lines, ${partitions} partitions, order per key, a handler that does nothing; every record is parsed and validated by the generated validator. From the first record to the last of ${records.toLocaleString('en-US')}, each run in a process and a group of its own, one real broker on the same machine; the median of ${runs} runs in turns.`,
      ],
      tables: [
        {
          caption: 'Records a second',
          table: {
            headings: ['consumer', 'records/s', 'share of the raw client', 'peak MiB'],
            rows: data.map(({ contender, perSecond, share, peakMebibytes }) => [
              contender,
              Math.round(perSecond).toLocaleString('en-US'),
              threeDigits(share),
              peakMebibytes.toFixed(0),
            ]),
          },
        },
      ],
      data,
    };
  } finally {
    await broker.stop();
  }
}
