/** The life of a consumer: join, hold while the heart beats, drain, rejoin; and everything again when it was lost. */
import { type BrokerConsumer, type BrokerConsumerOptions, BrokerError, type ConsumerListener } from '../broker.ts';
import { Alarm } from './alarm.ts';
import type { GroupCluster } from './cluster.ts';
import { brokerError } from './errors.ts';
import { Fetcher } from './fetcher.ts';
import { GroupMember, replaced } from './member.ts';

const firstBackoffMs = 100;
const maxBackoffMs = 3000;
/** How long `stop` waits for a group that is busy rebalancing. */
const stopPatienceMs = 2000;

/** Why a member stops holding its partitions. */
type End = 'rebalancing' | 'gone' | 'replaced' | 'stopping';

export class KafkaConsumer implements BrokerConsumer {
  readonly #options: BrokerConsumerOptions;
  readonly #listener: ConsumerListener;
  readonly #cluster: GroupCluster;
  readonly #member: GroupMember;
  readonly #fetcher: Fetcher;
  readonly #alarm = new Alarm();
  readonly #heartbeatMs: number;
  #rejoinWanted = false;
  #started = false;
  #stopping = false;
  #life: Promise<void> | undefined;

  constructor(cluster: GroupCluster, options: BrokerConsumerOptions, listener: ConsumerListener) {
    this.#options = options;
    this.#listener = listener;
    this.#cluster = cluster;
    this.#heartbeatMs = Math.min(1000, Math.floor(options.sessionTimeoutMs / 4));
    this.#member = new GroupMember(this.#cluster, options);
    this.#fetcher = new Fetcher(this.#cluster, listener, () => {
      this.#rejoinWanted = true;
      this.#alarm.ring();
    });
  }

  /** Resolves with the first assignment. */
  async start(): Promise<void> {
    if (this.#life !== undefined) throw new BrokerError('refused', 'a consumer is started once');
    try {
      await this.#cluster.connect();
      await this.#cluster.addMultipleTargetTopics(this.#options.topics);
    } catch (error) {
      await this.#cluster.disconnect().catch(() => {});
      throw brokerError(error, 'unreachable');
    }
    await new Promise<void>((resolve, reject) => {
      this.#life = this.#live(resolve, reject);
    });
  }

  seek: BrokerConsumer['seek'] = (partition, offset) => this.#fetcher.seek(partition, offset);
  pause: BrokerConsumer['pause'] = (partitions) => this.#fetcher.pause(partitions);
  resume: BrokerConsumer['resume'] = (partitions) => this.#fetcher.resume(partitions);
  committed: BrokerConsumer['committed'] = (partitions) => this.#member.committed(partitions);
  commit: BrokerConsumer['commit'] = (offsets) => this.#member.commit(offsets);

  async confirm(): Promise<void> {
    const pulse = await this.#member.heartbeat();
    if (pulse === 'alive') return;
    if (pulse === 'unheard') throw new BrokerError('unreachable', 'the group did not answer');
    // The loop below hears of it at its next beat; it need not wait for that.
    this.#alarm.ring();
    throw new BrokerError(
      'fenced',
      pulse === 'rebalancing' ? 'the group is rebalancing' : 'the group goes on without us',
    );
  }

  async stop(): Promise<void> {
    if (this.#stopping) return this.#life;
    this.#stopping = true;
    this.#fetcher.stop();
    this.#alarm.ring();
    const ended = await this.#within(stopPatienceMs, this.#life ?? Promise.resolve());
    // In the middle of a join nothing else is answered on that connection: the group misses us after the session.
    if (ended) await this.#member.leave();
    await this.#within(
      stopPatienceMs,
      this.#cluster.disconnect().catch(() => {}),
    );
  }

  async #live(onFirst: () => void, onFatal: (error: BrokerError) => void): Promise<void> {
    let backoffMs = firstBackoffMs;
    while (!this.#stopping) {
      try {
        await this.#hold(onFirst);
        backoffMs = firstBackoffMs;
      } catch (error) {
        if (this.#stopping) break;
        const told = brokerError(error, 'unreachable');
        // While joining this means that another one came, or that we were forgotten: join afresh.
        if (told.reason !== 'fenced') {
          // Whoever waits for `start` is told by it; the listener is for what happens later.
          if (!told.retryable && !this.#started) return onFatal(told);
          this.#listener.failed(told, !told.retryable);
          if (!told.retryable) return;
        }
        await this.#alarm.sleep(told.reason === 'fenced' ? firstBackoffMs : backoffMs);
        backoffMs = Math.min(maxBackoffMs, backoffMs * 2);
      }
    }
    onFirst();
  }

  /** One generation, from joining to letting go. */
  async #hold(onAssigned: () => void): Promise<void> {
    const assignment = await this.#member.join();
    if (this.#stopping) return;
    this.#rejoinWanted = false;
    this.#fetcher.hold(assignment.partitions);
    this.#listener.assigned(assignment);
    this.#started = true;
    onAssigned();
    const end = await this.#keepAlive(false);
    this.#fetcher.hold([]);
    if (end === 'stopping') return;
    const drained = end === 'rebalancing' && (await this.#drain());
    this.#member.letGo();
    if (!drained && !this.#stopping) this.#listener.lost();
    if (end === 'replaced') throw replaced();
  }

  /** Beats until the group says otherwise, or was not heard for a whole session; while draining, until it is `over`. */
  async #keepAlive(draining: false | { over: boolean }): Promise<End> {
    let lastHeard = Date.now();
    for (;;) {
      await this.#alarm.sleep(this.#heartbeatMs);
      if (this.#stopping || (draining !== false && draining.over)) return 'stopping';
      if (this.#rejoinWanted && draining === false) return 'rebalancing';
      // Also the sign of a process that was frozen: whoever has our partitions by now need not ask us.
      if (Date.now() - lastHeard > this.#options.sessionTimeoutMs) return 'gone';
      const pulse = await this.#member.heartbeat();
      if (pulse === 'gone' || pulse === 'replaced') return pulse;
      if (pulse === 'rebalancing' && draining === false) return 'rebalancing';
      if (pulse !== 'unheard') lastHeard = Date.now();
    }
  }

  /**
   * Lets the core stop, drain and commit while the heart goes on beating: the group waits for our join, and the old
   * generation's commits are accepted until then. Answers whether it was done in time.
   */
  async #drain(): Promise<boolean> {
    const { rebalanceTimeoutMs } = this.#options;
    // The group waits this long since it began, which we learned up to a heartbeat later.
    const budgetMs = Math.max(rebalanceTimeoutMs / 2, rebalanceTimeoutMs - this.#heartbeatMs - 1000);
    const draining = { over: false };
    const drained = this.#listener.revoking().then(
      () => true,
      () => false,
    );
    const lost = this.#keepAlive(draining).then((end) => (end === 'stopping' ? drained : false));
    const inTime = await this.#within(budgetMs, Promise.race([drained, lost]));
    draining.over = true;
    this.#alarm.ring();
    return inTime === true;
  }

  /** Whether `promise` came to something other than `false` within `ms`. */
  async #within(ms: number, promise: Promise<unknown>): Promise<boolean> {
    const patience = new Alarm();
    const answer = await Promise.race([promise.then((value) => value !== false), patience.sleep(ms).then(() => false)]);
    patience.ring();
    return answer;
  }
}
