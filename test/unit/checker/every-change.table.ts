/**
 * What becomes of each field of the format when it moves from one legal value to another: the rule that speaks of it,
 * or why nobody has to.
 */
export interface Change {
  readonly field: string;
  readonly moves: readonly Move[];
}

interface Move {
  /** Text of the contract, or behind `staging:` of the overlay. */
  readonly from: string;
  readonly to: string;
  readonly finds?: string;
  readonly harmless?: string;
}

const finds = (rule: string, from: string, to: string): Move => ({ from, to, finds: rule });
const harmless = (why: string, from: string, to: string): Move => ({ from, to, harmless: why });
const row = (field: string, ...moves: readonly Move[]): Change => ({ field, moves });

const words = 'text for people: it changes nothing that runs, and a patch is enough for it';
const stricter = 'a promise that is made stricter takes nothing from anybody';
const own = 'how a consumer spends its own means; what it promises others is `lag` and `objective`';

export const changes: readonly Change[] = [
  row(
    'name',
    harmless(
      'another name is another contract: this one is deleted, and its consumers are told',
      'version: 1.0.0',
      'version: 1.0.1',
    ),
  ),
  row(
    'version',
    harmless('a higher version over the same contract says nothing false', 'version: 1.0.0', 'version: 1.7.0'),
  ),
  row('title', harmless(words, 'title: Order placed', 'title: Order accepted')),
  row('description', harmless(words, 'An order was accepted.', 'A customer ordered.')),
  row(
    'owner',
    finds(
      'promise/owner-changed',
      'description: An order was accepted.\nowner: checkout',
      'description: An order was accepted.\nowner: warehouse',
    ),
  ),
  row(
    'status',
    harmless(
      'a contract that lives on takes nothing from anybody',
      'status: deprecated\nreplacedBy: orders.order-placed@2\nremoveAfter: 2027-06-30\n',
      '',
    ),
  ),
  row(
    'replacedBy',
    harmless(
      'where to go next: words for the teams that move',
      'replacedBy: orders.order-placed@2',
      'replacedBy: orders.order-placed@1',
    ),
  ),
  row(
    'removeAfter',
    finds('promise/removal-brought-forward', '2027-06-30', '2027-01-31'),
    harmless('more time to move takes nothing from anybody', '2027-06-30', '2027-12-31'),
  ),
  row(
    'intent',
    harmless('the design rules judge the contract by its new intent', 'async-processing', 'event-sourcing'),
  ),
  row(
    'stakes.loss',
    finds('promise/stakes-lowered', 'loss: costly', 'loss: tolerable'),
    harmless('the design rules ask for more', 'loss: costly', 'loss: catastrophic'),
  ),
  row(
    'stakes.duplicate',
    finds('promise/stakes-lowered', 'duplicate: costly', 'duplicate: tolerable'),
    harmless('the design rules ask for more', 'duplicate: costly', 'duplicate: catastrophic'),
  ),
  row(
    'traffic.average',
    finds('promise/traffic-raised', 'average: 300/s', 'average: 600/s'),
    harmless('less traffic than was announced leaves room', 'average: 300/s', 'average: 200/s'),
  ),
  row('traffic.peak', finds('promise/traffic-raised', 'peak: 5000/s', 'peak: 9000/s')),
  row('traffic.payload', finds('promise/traffic-raised', 'payload: 1 KiB', 'payload: 2 KiB')),
  row('traffic.callerWaits', finds('design/caller-waits', 'callerWaits: false', 'callerWaits: true')),
  row('topic.name', finds('promise/topic-renamed', 'name: orders,', 'name: orders-placed,')),
  row('topic.partitions', finds('promise/partition-count-changed', 'partitions: 12', 'partitions: 24')),
  row(
    'topic.replication',
    finds('promise/replication-lowered', 'replication: 3', 'replication: 2'),
    harmless(stricter, 'replication: 3', 'replication: 5'),
  ),
  row(
    'topic.minInSync',
    finds('promise/replication-lowered', 'minInSync: 2', 'minInSync: 1'),
    harmless(stricter, 'minInSync: 2', 'minInSync: 3'),
  ),
  row(
    'topic.retention',
    finds('promise/retention-shortened', 'retention: 7d', 'retention: 3d'),
    harmless('what is kept longer can still be ignored', 'retention: 7d', 'retention: 8d'),
  ),
  row('topic.cleanup', finds('promise/cleanup-changed', 'cleanup: delete', 'cleanup: "compact,delete"')),
  row(
    'topic.maxMessage',
    finds('promise/max-message-lowered', 'maxMessage: 1 MiB', 'maxMessage: 512 KiB'),
    harmless('readers take larger records without a setting of their own', 'maxMessage: 1 MiB', 'maxMessage: 2 MiB'),
  ),
  row(
    'schema',
    finds('payload/type-changed', 'revision: { type: integer }', 'revision: { type: string }'),
    harmless(
      'an optional field more is ignored until somebody reads it',
      'mail: { type: string }',
      'mail: { type: string }, note: { type: string }',
    ),
  ),
  row('formats', finds('promise/formats-switched', 'formats: annotate', 'formats: assert')),
  row(
    'encoding',
    finds(
      'promise/encoding-changed',
      'schema: { type: object, properties: { uid: { type: string }, orderId: { type: string }, revision: { type: integer }, at: { type: string }, mail: { type: string } }, required: [uid, orderId, revision, at] }\nformats: annotate\nencoding: json',
      'schema: { avro: { type: record, name: Order, fields: [{ name: uid, type: string }, { name: orderId, type: string }, { name: revision, type: int }, { name: at, type: string }, { name: mail, type: string }] } }\nencoding: avro',
    ),
  ),
  row('tombstones', finds('promise/tombstones-allowed', 'tombstones: refuse', 'tombstones: allow')),
  row(
    'classification',
    finds('promise/classification-removed', 'classification: { /mail: personal }\n', ''),
    harmless('both kinds are redacted', '/mail: personal', '/mail: secret'),
    harmless('redacting more shows less', '/mail: personal', '/mail: personal, /at: personal'),
  ),
  row(
    'partitionKey',
    finds('promise/partition-key-changed', 'fields: [/orderId], buckets', 'fields: [/at], buckets'),
    finds('promise/buckets-changed', 'buckets: 4', 'buckets: 8'),
  ),
  row('ordering', finds('promise/ordering-weakened', 'ordering: per-key', 'ordering: none')),
  row(
    'event.id',
    finds('promise/event-attribute-moved', 'id: /uid', 'id: /at'),
    finds('promise/event-attribute-moved', 'id: /uid, ', ''),
  ),
  row('event.time', finds('promise/event-attribute-moved', 'time: /at, ', '')),
  row('event.sequence', finds('promise/event-attribute-moved', ', sequence: /revision', '')),
  row('compatibility', finds('promise/compatibility-loosened', 'compatibility: full', 'compatibility: backward')),
  row(
    'rollout',
    finds('promise/rollout-shortened', 'rollout: 7d', 'rollout: 1d'),
    harmless('idempotency windows are held against it by a design rule', 'rollout: 7d', 'rollout: 8d'),
  ),
  row(
    'producers.*.owner',
    finds('promise/owner-changed', 'checkout-api: { owner: checkout', 'checkout-api: { owner: warehouse'),
  ),
  row('producers.*.outbox', finds('promise/outbox-removed', 'outbox: true', 'outbox: false')),
  row('producers.*.acks', finds('promise/acks-weakened', 'acks: all', 'acks: leader')),
  row(
    'producers.*.onOverload',
    finds('promise/backpressure-made-lossy', 'onOverload: block', 'onOverload: drop-newest, approvedBy: checkout'),
  ),
  row('producers.*.buffer', finds('promise/backpressure-tightened', 'buffer: 10 MiB', 'buffer: 5 MiB')),
  row(
    'producers.*.approvedBy',
    harmless(
      'who signed for a loss that is declared and unchanged',
      'buffer: 10 MiB, approvedBy: checkout',
      'buffer: 10 MiB, approvedBy: warehouse',
    ),
  ),
  row(
    'producers.*.generated',
    finds('promise/producer-hand-written', 'onOverload: block, generated: true', 'onOverload: block, generated: false'),
  ),
  row('delivery', finds('promise/delivery-weakened', 'delivery: at-least-once', 'delivery: at-most-once')),
  row('idempotency.key', finds('promise/idempotency-key-changed', 'key: [/orderId, /revision]', 'key: [/orderId]')),
  row(
    'idempotency.window',
    finds(
      'promise/idempotency-window-shortened',
      '[/orderId, /revision], window: 60d',
      '[/orderId, /revision], window: 10d',
    ),
    harmless(
      'it still covers everything that can come back',
      '[/orderId, /revision], window: 60d',
      '[/orderId, /revision], window: 50d',
    ),
  ),
  row('idempotency.store', finds('design/effectively-once-without-transactions', 'store: postgres', 'store: memory')),
  row(
    'retry.attempts',
    finds('promise/retry-budget-cut', 'attempts: 5', 'attempts: 2'),
    harmless(stricter, 'attempts: 5', 'attempts: 6'),
  ),
  row('retry.within', finds('promise/retry-budget-cut', 'within: 10m', 'within: 3m')),
  row(
    'retry.backoff.initial',
    harmless('how the attempts of an unchanged budget are spread', 'initial: 200ms', 'initial: 400ms'),
  ),
  row('retry.backoff.factor', harmless('how the attempts of an unchanged budget are spread', 'factor: 2', 'factor: 3')),
  row('retry.backoff.max', harmless('how the attempts of an unchanged budget are spread', 'max: 30s', 'max: 20s')),
  row(
    'retry.backoff.jitter',
    harmless('how the attempts of an unchanged budget are spread', 'jitter: full', 'jitter: none'),
  ),
  row('retry.ratio', finds('promise/retry-budget-cut', 'ratio: 20 %', 'ratio: 5 %')),
  row('retry.nonRetryable', finds('promise/retry-budget-cut', '[Refused]', '[Refused, Late]')),
  row(
    'deadLetter.owner',
    finds('promise/dead-letter-owner-changed', 'deadLetter: { owner: warehouse', 'deadLetter: { owner: checkout'),
  ),
  row(
    'deadLetter.investigateWithin',
    finds('promise/dead-letter-loosened', 'investigateWithin: 2h', 'investigateWithin: 9h'),
  ),
  row('deadLetter.severity', finds('promise/dead-letter-loosened', 'severity: critical', 'severity: info')),
  row('deadLetter.alertAbove', finds('promise/dead-letter-loosened', 'alertAbove: 5/min', 'alertAbove: 9/min')),
  row('deadLetter.topic', finds('promise/dead-letter-topic-changed', 'topic: orders.dead', 'topic: orders.lost')),
  row('deadLetter.retention', finds('promise/dead-letter-loosened', 'retention: 30d', 'retention: 20d')),
  row('deadLetter.after', finds('promise/dead-letter-loosened', 'after: wait', 'after: follow')),
  row('deadLetter.floodGuard.share', finds('promise/dead-letter-loosened', 'share: 50 %', 'share: 90 %')),
  row(
    'deadLetter.floodGuard.over',
    finds('promise/dead-letter-loosened', '{ share: 50 %, over: 1m', '{ share: 50 %, over: 2m'),
  ),
  row(
    'backpressure.policy',
    finds(
      'promise/backpressure-made-lossy',
      'policy: block, maxInFlight: 400, maxWaiting: 4000',
      'policy: sample, maxInFlight: 400, keepOneIn: 5, approvedBy: warehouse',
    ),
  ),
  row(
    'backpressure.maxInFlight',
    harmless('under `block` events wait, and none is lost', 'maxInFlight: 400', 'maxInFlight: 100'),
  ),
  row('backpressure.maxWaiting', finds('promise/backpressure-tightened', 'maxWaiting: 9000', 'maxWaiting: 8000')),
  row('backpressure.maxAge', finds('promise/backpressure-tightened', 'maxAge: 5m', 'maxAge: 1m')),
  row('backpressure.maxLag', finds('promise/backpressure-tightened', 'maxLag: 5000', 'maxLag: 500')),
  row('backpressure.keepOneIn', finds('promise/backpressure-tightened', 'keepOneIn: 10', 'keepOneIn: 20')),
  row(
    'backpressure.approvedBy',
    harmless(
      'who signed for a loss that is declared and unchanged',
      'keepOneIn: 10, approvedBy: data-platform',
      'keepOneIn: 10, approvedBy: checkout',
    ),
  ),
  row(
    'consumers.*.owner',
    finds('promise/owner-changed', 'fulfillment:\n    owner: warehouse', 'fulfillment:\n    owner: checkout'),
  ),
  row('consumers.*.group', finds('promise/group-renamed', 'group: orders-fulfillment', 'group: orders-picking')),
  row(
    'consumers.*.reads',
    harmless('what is read is held against the schema of every version', 'reads: [/orderId]', 'reads: [/orderId, /at]'),
  ),
  row('consumers.*.concurrency', harmless(own, 'concurrency: 64', 'concurrency: 8')),
  row('consumers.*.batch.size', harmless(own, 'size: 100', 'size: 10')),
  row('consumers.*.batch.within', harmless(own, 'size: 100, within: 1s', 'size: 100, within: 2s')),
  row('consumers.*.timeout', finds('promise/handler-timeout-shortened', 'timeout: 30s', 'timeout: 10s')),
  row('consumers.*.rateLimit', harmless(own, 'rateLimit: 800/s', 'rateLimit: 700/s')),
  row('consumers.*.catchUp.rate', harmless(own, 'rate: 900/s', 'rate: 850/s')),
  row('consumers.*.catchUp.whenOlderThan', harmless(own, 'whenOlderThan: 10m', 'whenOlderThan: 20m')),
  row('consumers.*.breaker.failures', harmless(own, 'failures: 50 %', 'failures: 60 %')),
  row('consumers.*.breaker.over', harmless(own, 'failures: 50 %, over: 1m', 'failures: 50 %, over: 2m')),
  row('consumers.*.breaker.probeEvery', harmless(own, 'probeEvery: 5s', 'probeEvery: 9s')),
  row('consumers.*.lag.maxAge', finds('promise/freshness-loosened', 'maxAge: 2m', 'maxAge: 9m')),
  row('consumers.*.lag.maxMessages', finds('promise/freshness-loosened', 'maxMessages: 10000', 'maxMessages: 90000')),
  row('consumers.*.objective.share', finds('promise/freshness-loosened', 'share: 99.9 %', 'share: 99 %')),
  row('consumers.*.objective.within', finds('promise/freshness-loosened', '99.9 %, within: 2m', '99.9 %, within: 3m')),
  row('consumers.*.replayWindow', finds('promise/replay-window-shortened', 'replayWindow: 7d', 'replayWindow: 1d')),
  row(
    'consumers.*.startFrom',
    harmless(
      'it holds for a group without offsets, and a group that is renamed has a rule of its own',
      'startFrom: earliest',
      'startFrom: latest',
    ),
  ),
  row('consumers.*.onOffsetLost', finds('promise/lost-offset-hidden', 'onOffsetLost: fail', 'onOffsetLost: latest')),
  row(
    'consumers.*.generated',
    harmless(
      'the payload is then compared raw, and a design rule holds the schema against itself',
      'onOffsetLost: fail\n    generated: true',
      'onOffsetLost: fail\n    generated: false',
    ),
  ),
  row('environments.*.topicPrefix', finds('promise/topic-renamed', 'staging:topicPrefix: s.', 'topicPrefix: t.')),
  row(
    'environments.*.maxPartitions',
    finds('promise/partition-count-changed', 'staging:maxPartitions: 6', 'maxPartitions: 3'),
  ),
  row('environments.*.replication', finds('promise/replication-lowered', 'staging:replication: 3', 'replication: 2')),
  row('environments.*.minInSync', finds('promise/replication-lowered', 'staging:minInSync: 2', 'minInSync: 1')),
  row('environments.*.retention', finds('promise/retention-shortened', 'staging:retention: 7d', 'retention: 1d')),
];
