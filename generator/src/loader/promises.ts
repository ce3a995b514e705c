import { contractFinding, quoted } from '../diagnostics/catalogue.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { Backpressure, Consumer, DeadLetter, FieldPath, Idempotency, Retry, Topic } from '../model/contract.ts';
import { deadLetterTopicName, groupName } from '../model/naming.ts';
import { type Duration, durationOf, parseDuration, parseRate, parseShare } from '../model/units.ts';
import { fieldName, find, type Located, positionOf } from './located.ts';
import { present, Reader } from './reader.ts';

/**
 * A consumer with all promises it lives under. `root` is the contract with its promises already merged into every
 * consumer; here they get the defaults of docs/contract-format.md and must be complete.
 */
export interface ConsumerContext {
  readonly root: Located;
  readonly file: string;
  readonly contract: string;
  readonly topic: Topic;
}

const deliveries = ['at-most-once', 'at-least-once', 'effectively-once'] as const;
const policies = ['block', 'drop-oldest', 'drop-newest', 'sample', 'scale'] as const;

/** Written quantities of the table: the units are checked by the type of what they are parsed to. */
const constant = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('a default is not a quantity');
  return value;
};
const defaults = {
  initial: constant(parseDuration('200ms')),
  max: constant(parseDuration('30s')),
  ratio: constant(parseShare('20 %')),
  timeout: constant(parseDuration('30s')),
  anyArrival: constant(parseRate('0/min')),
  floodShare: constant(parseShare('50 %')),
  floodOver: constant(parseDuration('1m')),
};

export function resolveConsumer(
  name: string,
  context: ConsumerContext,
): readonly [Consumer | undefined, readonly Finding[]] {
  const resolver = new ConsumerResolver(name, context);
  return [resolver.resolve(), resolver.findings];
}

class ConsumerResolver {
  readonly findings: Finding[] = [];
  readonly #name: string;
  readonly #context: ConsumerContext;
  readonly #read: Reader;

  constructor(name: string, context: ConsumerContext) {
    this.#name = name;
    this.#context = context;
    this.#read = new Reader(context.root).in('consumers').in(name);
  }

  resolve(): Consumer | undefined {
    const read = this.#read;
    const { topic } = this.#context;
    const delivery = read.choice('delivery', deliveries);
    if (delivery === undefined) this.#missing([], 'delivery');
    const loses = delivery === 'at-most-once';
    const retry = this.#retry(loses);
    const deadLetter = this.#deadLetter(loses);
    const idempotency = this.#idempotency();
    const backpressure = this.#backpressure();
    if (this.findings.length > 0 || delivery === undefined || backpressure === undefined) return undefined;
    const batch = read.in('batch');
    const catchUp = read.in('catchUp');
    const breaker = read.in('breaker');
    const lag = read.in('lag');
    const objective = read.in('objective');
    return {
      name: this.#name,
      owner: written(read.text('owner')),
      group: read.text('group') ?? groupName(topic.name, this.#name),
      delivery,
      backpressure,
      reads: [...read.texts('reads')].sort(),
      concurrency: read.number('concurrency') ?? 16,
      timeout: read.duration('timeout') ?? defaults.timeout,
      replayWindow: read.durationOrForever('replayWindow') ?? topic.retention,
      startFrom: read.text('startFrom') ?? 'earliest',
      onOffsetLost: read.choice('onOffsetLost', ['fail', 'earliest', 'latest']) ?? 'fail',
      generated: read.flag('generated') ?? true,
      ...present({
        idempotency,
        retry,
        deadLetter,
        rateLimit: read.rate('rateLimit'),
        batch: batch.exists
          ? { size: written(batch.number('size')), within: written(batch.duration('within')) }
          : undefined,
        catchUp: catchUp.exists
          ? { rate: written(catchUp.rate('rate')), whenOlderThan: written(catchUp.duration('whenOlderThan')) }
          : undefined,
        breaker: breaker.exists
          ? {
              failures: written(breaker.share('failures')),
              over: written(breaker.duration('over')),
              probeEvery: written(breaker.duration('probeEvery')),
            }
          : undefined,
        lag: lag.exists
          ? present({ maxAge: lag.duration('maxAge'), maxMessages: lag.number('maxMessages') })
          : undefined,
        objective: objective.exists
          ? { share: written(objective.share('share')), within: written(objective.duration('within')) }
          : undefined,
      }),
    };
  }

  /** A key belongs to each consumer, a window may be shared: without a key there is no idempotency to speak of. */
  #idempotency(): Idempotency | undefined {
    const read = this.#read.in('idempotency');
    if (!read.has('key')) return undefined;
    const window = read.duration('window');
    if (window === undefined) {
      this.#missing(['idempotency'], 'window');
      return undefined;
    }
    // The order of the fields is the order of the key's bytes, so it stays as written.
    return { key: read.texts('key'), window, store: read.choice('store', ['postgres', 'memory']) ?? 'postgres' };
  }

  #retry(loses: boolean): Retry | undefined {
    const read = this.#read.in('retry');
    if (!read.exists && loses) return undefined;
    const attempts = read.number('attempts');
    const within = read.duration('within');
    if (attempts === undefined || within === undefined) {
      if (loses) return undefined;
      if (!read.exists) this.#missing([], 'retry');
      else if (attempts === undefined) this.#missing(['retry'], 'attempts');
      if (read.exists && within === undefined) this.#missing(['retry'], 'within');
      return undefined;
    }
    const backoff = read.in('backoff');
    return {
      attempts,
      within,
      backoff: {
        initial: backoff.duration('initial') ?? defaults.initial,
        factor: backoff.number('factor') ?? 2,
        max: backoff.duration('max') ?? defaults.max,
        jitter: backoff.choice('jitter', ['full', 'none']) ?? 'full',
      },
      ratio: read.share('ratio') ?? defaults.ratio,
      nonRetryable: [...read.texts('nonRetryable')].sort(),
    };
  }

  #deadLetter(loses: boolean): DeadLetter | undefined {
    const read = this.#read.in('deadLetter');
    const owner = read.text('owner');
    const investigateWithin = read.duration('investigateWithin');
    if (owner === undefined || investigateWithin === undefined) {
      if (loses) return undefined;
      if (!read.exists) this.#missing([], 'deadLetter');
      else if (owner === undefined) this.#missing(['deadLetter'], 'owner');
      if (read.exists && investigateWithin === undefined) this.#missing(['deadLetter'], 'investigateWithin');
      return undefined;
    }
    const { topic } = this.#context;
    const severity = read.choice('severity', ['info', 'warning', 'critical']) ?? 'warning';
    const guard = read.in('floodGuard');
    const alertAbove = read.rate('alertAbove') ?? (severity === 'critical' ? defaults.anyArrival : undefined);
    return {
      owner,
      investigateWithin,
      severity,
      ...present({ alertAbove }),
      topic: read.text('topic') ?? deadLetterTopicName(topic.name, this.#name),
      retention: read.durationOrForever('retention') ?? longer(topic.retention, 3 * investigateWithin.ms),
      after: read.choice('after', ['follow', 'wait']) ?? 'follow',
      floodGuard: {
        share: guard.share('share') ?? defaults.floodShare,
        over: guard.duration('over') ?? defaults.floodOver,
      },
    };
  }

  #backpressure(): Backpressure | undefined {
    const read = this.#read.in('backpressure');
    if (!read.exists) {
      this.#missing([], 'backpressure');
      return undefined;
    }
    const policy = read.choice('policy', policies);
    const maxInFlight = read.number('maxInFlight');
    if (policy === undefined) this.#missing(['backpressure'], 'policy');
    if (maxInFlight === undefined) this.#missing(['backpressure'], 'maxInFlight');
    if (policy === 'sample' && !read.has('keepOneIn')) this.#missing(['backpressure'], 'keepOneIn');
    if (policy === 'drop-oldest' && !read.has('maxAge') && !read.has('maxLag'))
      this.#missing(['backpressure'], 'maxAge');
    if (policy === undefined || maxInFlight === undefined) return undefined;
    return {
      policy,
      maxInFlight,
      maxWaiting: read.number('maxWaiting') ?? 10 * maxInFlight,
      ...present({
        maxAge: read.duration('maxAge'),
        maxLag: read.number('maxLag'),
        keepOneIn: read.number('keepOneIn'),
        approvedBy: read.text('approvedBy'),
      }),
    };
  }

  #missing(below: FieldPath, field: string): void {
    const { root, file, contract } = this.#context;
    const path = ['consumers', this.#name, ...below];
    const hint =
      below.length === 0
        ? `Write it here, or at the top of the contract for all consumers.`
        : `Write it here, or in \`${fieldName(below)}\` at the top of the contract for all consumers.`;
    this.findings.push(
      contractFinding(
        'contract/missing-field',
        { field, where: quoted(fieldName(path)) },
        { at: positionOf(find(root, path).span), contract, subject: `${file}#${fieldName([...path, field])}`, hint },
      ),
    );
  }
}

function longer(retention: Duration | 'forever', ms: number): Duration | 'forever' {
  return retention === 'forever' || retention.ms >= ms ? retention : durationOf(ms);
}

/** The meta-schema requires it. */
function written<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a required field was read before it was validated');
  return value;
}
