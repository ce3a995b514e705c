/**
 * Fetches from the partitions that are resumed: at most one request at a time to each broker, none for what is paused.
 * A slow partition holds up nobody, and nothing is ever fetched from an offset that the core did not name. The next
 * request is under way while the core is handed what the last one brought.
 */
import type { ConsumerListener, PartitionRef } from '../broker.ts';
import { dropConnection, type Fetched, type FetchedRecords, type GroupCluster, keyOf } from './cluster.ts';
import { brokerError, ProtocolError } from './errors.ts';

/** How long a broker may hold an empty answer back; a partition that is resumed meanwhile waits for it. */
const maxWaitMs = 100;
const maxBytes = 10 * 1024 * 1024;
const maxBytesPerPartition = 1024 * 1024;
const retryPauseMs = 200;
/** What the broker or this process refuses changes only when somebody does something about it. */
const refusedPauseMs = 3000;
/** Failures in a row before the core is told. */
const patience = 5;

interface Position {
  readonly ref: PartitionRef;
  next: bigint | undefined;
  paused: boolean;
  /** Rises with every seek: an answer to an older question is thrown away. */
  question: number;
  /** Waits for its turn, or for the partition to be resumed: one, and one that was on its way when it was paused. */
  fetched: Answer[];
}

/** What was read, and from where. */
interface Answer {
  readonly from: bigint;
  readonly read: FetchedRecords;
}

/** A position as it was asked for. */
interface Question {
  readonly position: Position;
  readonly number: number;
  readonly offset: bigint;
}

export class Fetcher {
  readonly #cluster: GroupCluster;
  readonly #listener: ConsumerListener;
  readonly #onPartitionCount: () => void;
  #positions = new Map<string, Position>();
  #counts = new Map<string, number>();
  readonly #asking = new Set<number>();
  #failures = 0;
  /** The core knows that something is wrong. */
  #told = false;
  #turn: NodeJS.Immediate | undefined;
  #retry: NodeJS.Timeout | undefined;

  /** @param onPartitionCount called when a topic has another number of partitions than at the assignment */
  constructor(cluster: GroupCluster, listener: ConsumerListener, onPartitionCount: () => void) {
    this.#cluster = cluster;
    this.#listener = listener;
    this.#onPartitionCount = onPartitionCount;
  }

  /** Forgets everything and holds these partitions, all paused. */
  hold(partitions: readonly PartitionRef[]): void {
    for (const position of this.#positions.values()) forget(position);
    this.#positions = new Map(
      partitions.map((ref) => [keyOf(ref), { ref, next: undefined, paused: true, question: 0, fetched: [] }]),
    );
    this.#counts = new Map(
      [...new Set(partitions.map(({ topic }) => topic))].map((topic) => [topic, this.#metadata(topic).length]),
    );
  }

  seek(ref: PartitionRef, offset: bigint): void {
    const position = this.#positions.get(keyOf(ref));
    if (position === undefined) return;
    askAnew(position, offset);
    this.#soon();
  }

  pause(refs: readonly PartitionRef[]): void {
    for (const ref of refs) {
      const position = this.#positions.get(keyOf(ref));
      if (position !== undefined) position.paused = true;
    }
  }

  resume(refs: readonly PartitionRef[]): void {
    for (const ref of refs) {
      const position = this.#positions.get(keyOf(ref));
      if (position !== undefined) position.paused = false;
    }
    this.#soon();
  }

  stop(): void {
    this.hold([]);
    clearImmediate(this.#turn);
    clearTimeout(this.#retry);
  }

  /** Never from within a call of the core: it must not be called back while it calls. */
  #soon(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      for (const position of this.#positions.values()) this.#give(position);
      this.#ask();
    });
  }

  #ask(): void {
    if (this.#retry !== undefined) return;
    const byNode = new Map<number, Position[]>();
    for (const position of this.#positions.values()) {
      if (position.paused || position.next === undefined) continue;
      const leader = this.#leaderOf(position.ref);
      if (leader === undefined || this.#asking.has(leader)) continue;
      const list = byNode.get(leader);
      if (list === undefined) byNode.set(leader, [position]);
      else list.push(position);
    }
    for (const [node, positions] of byNode) void this.#fetch(node, positions);
  }

  async #fetch(node: number, positions: readonly Position[]): Promise<void> {
    const questions = new Map<string, Question>();
    for (const position of positions) {
      questions.set(keyOf(position.ref), { position, number: position.question, offset: position.next ?? 0n });
    }
    this.#asking.add(node);
    try {
      await this.#cluster.refreshMetadataIfNecessary();
      this.#watchCounts();
      const answers = await this.#cluster.fetch(node, {
        maxWaitTime: maxWaitMs,
        maxBytes,
        maxBytesPerPartition,
        from: [...questions.values()].map(({ position, offset }) => ({ ...position.ref, offset })),
      });
      this.#asking.delete(node);
      this.#take(questions, answers);
    } catch (error) {
      this.#asking.delete(node);
      await this.#fail(error);
    }
    this.#soon();
  }

  #take(questions: ReadonlyMap<string, Question>, answers: readonly Fetched[]): void {
    let refusal: string | undefined;
    for (const answer of answers) {
      const question = questions.get(keyOf(answer));
      if (question === undefined || question.number !== question.position.question) continue;
      const { position, offset } = question;
      if (!('error' in answer)) {
        if (answer.next !== offset) position.fetched.push({ from: offset, read: answer });
        position.next = answer.next;
      } else if (answer.error === 'OFFSET_OUT_OF_RANGE') {
        // What was read before it comes first.
        this.#give(position);
        forget(position);
        this.#listener.offsetLost(position.ref, offset);
      } else refusal ??= answer.error;
    }
    if (refusal === undefined) this.#succeeded();
    else void this.#fail(new ProtocolError(refusal));
    // It is written before `soon` has its turn and the core is handed what came.
    this.#ask();
  }

  #give(position: Position): void {
    while (!position.paused) {
      const answer = position.fetched.shift();
      if (answer === undefined) return;
      const records = this.#decode(position, answer);
      if (records === undefined) return;
      this.#listener.records(position.ref, records, answer.read.logEnd, answer.read.next);
    }
  }

  /** What cannot be read is asked for again: nothing behind it may be handed over before it. */
  #decode(position: Position, { from, read }: Answer): ReturnType<FetchedRecords['records']> | undefined {
    try {
      return read.records();
    } catch (error) {
      askAnew(position, from);
      void this.#fail(error);
      return undefined;
    }
  }

  #succeeded(): void {
    if (this.#told) this.#listener.recovered();
    this.#told = false;
    this.#failures = 0;
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#positions.size === 0) return;
    const told = brokerError(error, 'unreachable');
    dropConnection(this.#cluster, error);
    this.#failures += 1;
    const refused = told.reason === 'refused';
    this.#retry ??= setTimeout(
      () => {
        this.#retry = undefined;
        this.#soon();
      },
      refused ? refusedPauseMs : retryPauseMs,
    );
    // Moved leaders and restarting brokers are everyday.
    if (refused || this.#failures % patience === 0) {
      this.#told = true;
      this.#listener.failed(told, false);
    }
    await this.#cluster.refreshMetadata().catch(() => {});
  }

  #leaderOf({ topic, partition }: PartitionRef): number | undefined {
    const leader = this.#metadata(topic).find(({ partitionId }) => partitionId === partition)?.leader;
    if (leader === undefined || leader < 0) {
      void this.#fail(new Error(`${topic}/${partition} has no leader`));
      return undefined;
    }
    return leader;
  }

  #metadata(topic: string): ReturnType<GroupCluster['findTopicPartitionMetadata']> {
    try {
      return this.#cluster.findTopicPartitionMetadata(topic);
    } catch {
      // Not loaded yet: the next refresh brings it.
      return [];
    }
  }

  #watchCounts(): void {
    for (const [topic, count] of this.#counts) {
      const now = this.#metadata(topic).length;
      this.#counts.set(topic, Math.max(count, now));
      // None were known at the assignment: that says nothing about how many there were.
      if (count > 0 && now > count) this.#onPartitionCount();
    }
  }
}

function askAnew(position: Position, offset: bigint | undefined): void {
  position.next = offset;
  position.question += 1;
  position.fetched = [];
}

/** Whatever still comes for it is nobody's. */
function forget(position: Position): void {
  askAnew(position, undefined);
  position.paused = true;
}
