// How what is lost comes into the ledger: in one record, in order, under one epoch, and for a live share only.
import { memoryTelemetry } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import { Entry, Share } from '../../../runtime/src/consumer/entry.ts';
import { bindInstruments } from '../../../runtime/src/consumer/instruments.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { Ledger } from '../../../runtime/src/consumer/ledger.ts';
import { Losses } from '../../../runtime/src/consumer/losses.ts';
import type { LossRecord } from '../../../runtime/src/loss/loss-record.ts';
import { printRanges } from '../../../runtime/src/loss/offset-ranges.ts';
import { manualClock } from './manual-clock.ts';
import { consumer } from './orders.ts';

function rig() {
  const clock = manualClock();
  const telemetry = memoryTelemetry();
  const said: string[] = [];
  const written: { readonly record: LossRecord; readonly answer: (error?: Error) => void }[] = [];
  const ledger = {
    ends: async () => {
      said.push('ends');
      return new Map([[0, 40n]]);
    },
    write: (record: LossRecord) =>
      new Promise<void>((resolve, reject) => {
        said.push(
          record.kind === 'loss' ? `${record.cause} ${printRanges(record.offsets)}` : `take-over at ${record.frontier}`,
        );
        written.push({ record, answer: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
  };
  const losses = new Losses({
    topic: 't',
    ledger: Object.assign(Object.create(null), ledger),
    instruments: bindInstruments(telemetry, [consumer()], 't'),
    clock,
    random: () => 0.5,
    passed: (share) => said.push(`passed ${share.ledger.frontier}`),
    incident: (code) => said.push(code),
  });
  const share = new Share(0, 7, new Lanes());
  share.ledger = new Ledger<Entry>(10n);
  share.lossEpoch = { ledgerEnd: 40n, generation: 7 };
  const drop = (offset: bigint) => {
    const record = { topic: 't', partition: 0, offset, timestamp: 0, key: null, value: null, headers: [] };
    const entry = new Entry(record, share);
    share.ledger.add(entry);
    losses.drop(entry, 'sample');
  };
  return { clock, telemetry, said, written, losses, share, drop };
}

test('a take-over: the end of the ledger, then the group, then the record under both', async () => {
  const { losses, share, said, written, clock } = rig();
  share.lossEpoch = undefined;
  const gaps = [{ from: 10n, to: 14n, cause: 'retention' as const }];
  const position = { start: 15n, committed: 10n, logEnd: 20n, gaps, said: undefined };
  const confirm = async () => {
    said.push('confirm');
  };
  const taken = losses.takeOver([share], new Map([[0, position]]), confirm);
  await clock.pass(0);
  // From the committed offset on, not from where reading starts: what is missing between them is declared anew.
  expect(said).toEqual(['ends', 'confirm', 'take-over at 10']);
  expect(share.lossEpoch).toBeUndefined();
  written[0]?.answer();
  await taken;
  expect(share.lossEpoch).toEqual({ ledgerEnd: 40n, generation: 7 });
});

test('what is dropped in one go, and while a write is under way, stands in one record', async () => {
  const { drop, said, written, share, telemetry, clock } = rig();
  for (const offset of [10n, 11n, 13n]) drop(offset);
  await clock.pass(0);
  for (const offset of [14n, 16n]) drop(offset);
  await clock.pass(0);
  expect([said, share.losing, share.ledger.frontier]).toEqual([['sample 10-11,13'], 5, 10n]);
  written[0]?.answer();
  await clock.pass(0);
  expect(said.slice(1)).toEqual(['passed 11', 'passed 13', 'passed 14', 'sample 14,16']);
  written[1]?.answer();
  await clock.pass(0);
  expect([share.losing, share.ledger.frontier, telemetry.value('recordsDropped')]).toEqual([0, 17n, 5]);
});

test('a write that fails is repeated with what came meanwhile, and said once', async () => {
  const { drop, said, written, share, telemetry, clock } = rig();
  drop(10n);
  await clock.pass(0);
  written[0]?.answer(new Error('away'));
  await clock.pass(0);
  drop(11n);
  await clock.pass(1000);
  written[1]?.answer(new Error('away'));
  await clock.pass(1000);
  expect([share.ledger.frontier, telemetry.value('lossLedgerFailures')]).toEqual([10n, 2]);
  written[2]?.answer();
  await clock.pass(0);
  expect(said).toEqual([
    'sample 10',
    'loss-ledger-unavailable',
    'sample 10-11',
    'sample 10-11',
    'passed 11',
    'passed 12',
  ]);
});

test('an answer that comes after the partition was taken away passes nothing, and nothing more is written', async () => {
  const { drop, said, written, share, telemetry, clock } = rig();
  drop(10n);
  await clock.pass(0);
  drop(11n);
  share.live = false;
  written[0]?.answer();
  await clock.pass(60_000);
  expect([said, share.ledger.frontier, telemetry.value('recordsDropped')]).toEqual([['sample 10'], 10n, 0]);
});
