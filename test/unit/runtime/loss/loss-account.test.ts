/** The account against a reference that sees everything: random owners, crashes, zombies, repeated and late writes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lossAccount } from '../../../../runtime/src/loss/loss-account.ts';
import type { LossCause, LossEpoch, LossRecord, TakeOver } from '../../../../runtime/src/loss/loss-record.ts';
import { printRanges, united } from '../../../../runtime/src/loss/offset-ranges.ts';

const epoch = (ledgerEnd: number, generation: number): LossEpoch => ({ ledgerEnd: BigInt(ledgerEnd), generation });
const takeOver = (of: LossEpoch, frontier: number, passed: TakeOver['passed'] = []): LossRecord => ({
  kind: 'take-over',
  partition: 0,
  epoch: of,
  frontier: BigInt(frontier),
  passed,
});
const loss = (of: LossEpoch, from: number, to: number, cause: LossCause = 'drop-newest'): LossRecord => ({
  kind: 'loss',
  partition: 0,
  epoch: of,
  cause,
  offsets: [{ from: BigInt(from), to: BigInt(to) }],
});
const read = (records: readonly LossRecord[], frontier: number) =>
  Object.fromEntries(
    [...lossAccount(records, BigInt(frontier))].map(([cause, ranges]) => [cause, printRanges(ranges)]),
  );

describe('what is lost', () => {
  const [first, second] = [epoch(0, 1), epoch(2, 2)];

  test('is what was declared below the committed offset, once, however often it was written', () => {
    const records = [
      takeOver(first, 0),
      loss(first, 2, 3),
      loss(first, 2, 3),
      loss(first, 4, 9),
      loss(first, 0, 0, 'retention'),
    ];
    expect(read(records, 6)).toEqual({ 'drop-newest': '2-5', retention: '0' });
  });

  test('is decided anew by a new owner from the offset on that it begins with', () => {
    expect(read([takeOver(first, 0), loss(first, 1, 5), takeOver(second, 3)], 9)).toEqual({ 'drop-newest': '1-2' });
  });

  test('stays lost beyond that offset where the commit remembers it as passed', () => {
    const passed = [{ from: 4n, to: 4n }];
    const records = [takeOver(first, 0), loss(first, 1, 5), takeOver(second, 3, passed)];
    expect(read(records, 9)).toEqual({ 'drop-newest': '1-2,4' });
  });

  test('is not what an earlier owner writes behind a take-over', () => {
    expect(read([takeOver(first, 0), takeOver(second, 0), loss(first, 1, 5)], 9)).toEqual({});
  });

  test('is untouched by a take-over that arrives behind its successor', () => {
    const records = [takeOver(second, 0), loss(second, 1, 5), takeOver(first, 0), loss(second, 7, 7)];
    expect(read(records, 9)).toEqual({ 'drop-newest': '1-5,7' });
  });

  test('is untouched by the same take-over that arrives again', () => {
    expect(read([takeOver(first, 0), loss(first, 1, 5), takeOver(first, 0)], 9)).toEqual({ 'drop-newest': '1-5' });
  });

  test('is the later generation’s to say when two owners looked at the same end of the ledger', () => {
    const records = [
      takeOver(epoch(0, 2), 0),
      loss(epoch(0, 2), 1, 1),
      takeOver(epoch(0, 1), 0),
      loss(epoch(0, 1), 2, 2),
    ];
    expect(read(records, 9)).toEqual({ 'drop-newest': '1' });
  });

  test('can be read of a group that was forgotten and counts its generations from 1 again', () => {
    const [old, anew] = [epoch(0, 50), epoch(2, 1)];
    const records = [takeOver(old, 0), loss(old, 1, 2), takeOver(anew, 0), loss(anew, 2, 2)];
    expect(read(records, 9)).toEqual({ 'drop-newest': '2' });
  });

  test('can be read of a ledger whose beginning retention has taken', () => {
    expect(read([loss(first, 1, 1), loss(second, 4, 4), loss(first, 2, 2)], 9)).toEqual({ 'drop-newest': '1,4' });
  });
});

interface Owner {
  readonly generation: number;
  readonly start: number;
  epoch: LossEpoch | undefined;
  confirmed: boolean;
  owns: boolean;
  next: number;
  readonly fate: Map<number, 'taken' | 'handled' | 'declared' | 'dropped'>;
}

/** One partition, its group and its ledger; a write is under way until it arrives, once, twice or never. */
class World {
  readonly ledger: LossRecord[] = [];
  readonly underWay: { readonly record: LossRecord; readonly acknowledged: () => void }[] = [];
  owners: Owner[] = [];
  generation = 0;
  committed = 0;
  /** Under which the frontier passed an offset last. */
  readonly passed = new Map<number, 'handled' | 'dropped'>();

  assign(): void {
    this.generation += 1;
    const of = { generation: this.generation, start: this.committed, next: this.committed };
    this.owners.push({ ...of, epoch: undefined, confirmed: false, owns: false, fate: new Map() });
  }

  /** Its next step of taking over: look, ask the group, write; then it owns the partition. */
  takeOver(owner: Owner): void {
    if (owner.epoch === undefined) owner.epoch = epoch(this.ledger.length, owner.generation);
    else if (!owner.confirmed) owner.confirmed = owner.generation === this.generation;
    else this.write(takeOver(owner.epoch, owner.start), () => (owner.owns = true));
  }

  decide(owner: Owner, drops: boolean): void {
    if (!owner.owns || owner.epoch === undefined || owner.next >= 12) return;
    const offset = owner.next;
    owner.next += 1;
    owner.fate.set(offset, drops ? 'declared' : 'taken');
    if (drops) this.declare(owner, offset);
  }

  /** Again, when it was not acknowledged. */
  declare(owner: Owner, offset: number): void {
    if (owner.epoch === undefined || owner.fate.get(offset) !== 'declared') return;
    this.write(loss(owner.epoch, offset, offset), () => owner.fate.set(offset, 'dropped'));
  }

  commit(owner: Owner): void {
    if (owner.generation !== this.generation || !owner.owns) return;
    for (let offset = owner.start; offset < owner.next; offset++) {
      const fate = owner.fate.get(offset);
      if (fate !== 'handled' && fate !== 'dropped') return;
      this.passed.set(offset, fate);
      this.committed = Math.max(this.committed, offset + 1);
    }
  }

  arrive(index: number, twice: boolean): void {
    const [write] = this.underWay.splice(index % Math.max(1, this.underWay.length), 1);
    if (write === undefined) return;
    this.ledger.push(write.record);
    write.acknowledged();
    if (twice) this.underWay.push({ ...write, acknowledged: () => undefined });
  }

  /** Its offsets are gone; nothing of the old group is still joining. */
  forget(): void {
    if (this.underWay.some(({ record }) => record.kind === 'take-over')) return;
    this.generation = 0;
    this.committed = 0;
    this.owners = this.owners.filter(({ owns }) => owns).map((owner) => ({ ...owner, generation: -1 }));
  }

  write(record: LossRecord, acknowledged: () => void): void {
    this.underWay.push({ record, acknowledged });
  }

  /** What the group has passed by dropping it. */
  get lost(): string {
    const dropped = [...this.passed].filter(([offset, fate]) => fate === 'dropped' && offset < this.committed);
    return printRanges(united(dropped.map(([offset]) => ({ from: BigInt(offset), to: BigInt(offset) }))));
  }
}

const step = fc.record({
  what: fc.constantFrom(
    'assign',
    'take over',
    'take over',
    'decide',
    'decide',
    'declare',
    'handle',
    'commit',
    'arrive',
    'arrive',
    'lose',
    'forget',
  ),
  pick: fc.nat(40),
  flag: fc.boolean(),
});

test('the account is what the group has passed by dropping it, after every step of every history', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (history) => {
      const world = new World();
      world.assign();
      for (const { what, pick, flag } of history) {
        // Any owner that ever was may still act: nobody tells a frozen one.
        const owner = world.owners[world.owners.length - 1 - (pick % Math.min(3, world.owners.length))];
        if (what === 'assign' && world.owners.length < 8) world.assign();
        else if (what === 'arrive') world.arrive(pick, flag);
        else if (what === 'lose') world.underWay.splice(pick, 1);
        else if (what === 'forget' && pick === 0) {
          world.forget();
          world.assign();
        } else if (owner === undefined) continue;
        else if (what === 'take over' && !owner.owns) world.takeOver(owner);
        else if (what === 'decide') world.decide(owner, flag);
        else if (what === 'declare') world.declare(owner, pick % 12);
        else if (what === 'handle' && owner.fate.get(pick % 12) === 'taken') owner.fate.set(pick % 12, 'handled');
        else if (what === 'commit') world.commit(owner);
        const account = lossAccount(world.ledger, BigInt(world.committed));
        expect(printRanges(account.get('drop-newest') ?? [])).toBe(world.lost);
      }
    }),
    { numRuns: 2000 },
  );
});
