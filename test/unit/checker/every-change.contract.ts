import { type Change, either, finds, harmless, move, row } from './every-change.ts';

const words = harmless('text for people: it changes nothing that runs, and a patch is enough for it');
const stricter = harmless('a promise that is made stricter takes nothing from anybody');
const own = harmless('how a consumer spends its own means; what it promises others is `lag` and `objective`');
const signed = harmless('who signed for a loss that is declared and unchanged');
const asked = harmless('the design rules judge the contract by what it says now');
const room = harmless('less traffic than was announced leaves room');
const shorterPauses = finds('promise/retry-budget-cut');

/** What is judged by a rule over the whole contract, with its cases in the folder of that rule. */
export const judgedApart: Readonly<Record<string, string>> = {
  tenet: 'there is one version of the format',
  name: 'promise/contract-deleted',
  version: 'promise/version-not-bumped',
};

/** Every field of `contract.schema.json`; the promises of a consumer are those of the top. */
export const contractChanges: readonly Change[] = [
  row('title', either('title: Order placed', 'title: Order accepted', words)),
  row('description', either('An order was accepted.', 'A customer ordered.', words)),
  row('owner', either('accepted.\nowner: checkout', 'accepted.\nowner: warehouse', finds('promise/owner-changed'))),
  row(
    'status',
    move(
      'status: deprecated\nreplacedBy: orders.order-placed@2\nremoveAfter: 2027-06-30\n',
      '',
      harmless('a contract that lives on takes nothing from anybody'),
      finds('promise/contract-deprecated'),
    ),
    move(
      'status: deprecated\nreplacedBy: orders.order-placed@2\nremoveAfter: 2027-06-30\n',
      'status: draft\n',
      finds('promise/contract-withdrawn'),
      harmless('a draft that comes into force begins to promise'),
    ),
  ),
  row(
    'replacedBy',
    either('replacedBy: orders.order-placed@2\n', '', harmless('where to go next: words for the teams that move')),
  ),
  row(
    'removeAfter',
    move(
      'removeAfter: 2027-06-30',
      'removeAfter: 2027-01-31',
      finds('promise/removal-brought-forward'),
      harmless('more time to move takes nothing from anybody'),
    ),
    move(
      'removeAfter: 2027-06-30\n',
      '',
      harmless('more time to move takes nothing from anybody'),
      finds('promise/contract-deprecated'),
    ),
  ),
  row('intent', either('async-processing', 'event-sourcing', asked)),
  row('stakes.loss', move('loss: costly', 'loss: tolerable', finds('promise/stakes-lowered'), asked)),
  row('stakes.duplicate', move('duplicate: costly', 'duplicate: tolerable', finds('promise/stakes-lowered'), asked)),
  row('traffic.average', move('average: 300/s', 'average: 600/s', finds('promise/traffic-raised'), room)),
  row('traffic.peak', move('peak: 5000/s', 'peak: 9000/s', finds('promise/traffic-raised'), room)),
  row('traffic.payload', move('payload: 1 KiB', 'payload: 2 KiB', finds('promise/traffic-raised'), room)),
  row('traffic.callerWaits', move('callerWaits: false', 'callerWaits: true', finds('design/caller-waits'), asked)),
  row('topic.name', either('name: orders,', 'name: orders-placed,', finds('promise/topic-renamed'))),
  row('topic.partitions', either('partitions: 12', 'partitions: 24', finds('promise/partition-count-changed'))),
  row('topic.replication', move('replication: 3', 'replication: 2', finds('promise/replication-lowered'), stricter)),
  row('topic.minInSync', move('minInSync: 2', 'minInSync: 1', finds('promise/replication-lowered'), stricter)),
  row(
    'topic.retention',
    move(
      'minInSync: 2, retention: 7d',
      'minInSync: 2, retention: 3d',
      finds('promise/retention-shortened'),
      harmless('what is kept longer can still be ignored'),
    ),
  ),
  row('topic.cleanup', either('cleanup: delete', 'cleanup: "compact,delete"', finds('promise/cleanup-changed'))),
  row(
    'topic.maxMessage',
    move(
      'maxMessage: 1 MiB',
      'maxMessage: 512 KiB',
      finds('promise/max-message-lowered'),
      harmless('readers take larger records without a setting of their own'),
    ),
  ),
  row(
    'schema',
    either('revision: { type: integer }', 'revision: { type: string }', finds('payload/type-changed')),
    move(
      'mail: { type: string }',
      'mail: { type: string }, note: { type: string }',
      harmless('an optional field more is ignored until somebody reads it'),
      finds('payload/dropped'),
    ),
  ),
  row('formats', either('formats: annotate', 'formats: assert', finds('promise/formats-switched'))),
  row(
    'encoding',
    either(
      'schema: { type: object, properties: { uid: { type: string }, orderId: { type: string }, revision: { type: integer }, at: { type: string }, pair: { prefixItems: [{ type: string }] }, mail: { type: string } }, required: [uid, orderId, revision, at] }\nformats: annotate\nencoding: json',
      'schema: { avro: { type: record, name: Order, fields: [{ name: uid, type: string }, { name: orderId, type: string }, { name: revision, type: int }, { name: at, type: string }, { name: mail, type: string }] } }\nencoding: avro',
      finds('promise/encoding-changed'),
    ),
  ),
  row(
    'tombstones',
    move(
      'tombstones: refuse',
      'tombstones: allow',
      finds('promise/tombstones-allowed'),
      harmless('a consumer that is ready for null is ready for its absence'),
    ),
  ),
  row(
    'classification',
    move(
      'classification: { /mail: personal }\n',
      '',
      finds('promise/classification-removed'),
      harmless('redacting more shows less'),
    ),
    either('/mail: personal', '/mail: secret', harmless('both kinds are redacted')),
  ),
  row(
    'partitionKey',
    either('fields: [/orderId], buckets', 'fields: [/at], buckets', finds('promise/partition-key-changed')),
    either('buckets: 4', 'buckets: 8', finds('promise/buckets-changed')),
  ),
  row('ordering', move('ordering: per-key', 'ordering: none', finds('promise/ordering-weakened'), stricter)),
  row(
    'event.id',
    either('id: /uid', 'id: /at', finds('promise/event-attribute-moved')),
    either('id: /uid, ', '', finds('promise/event-attribute-moved')),
  ),
  row('event.time', either('time: /at, ', '', finds('promise/event-attribute-moved'))),
  row('event.sequence', either(', sequence: /revision', '', finds('promise/event-attribute-moved'))),
  row(
    'compatibility',
    move('compatibility: full', 'compatibility: backward', finds('promise/compatibility-loosened'), stricter),
    move('compatibility: full', 'compatibility: forward', finds('promise/compatibility-loosened'), stricter),
  ),
  row(
    'rollout',
    move(
      'rollout: 7d',
      'rollout: 1d',
      finds('promise/rollout-shortened'),
      harmless('idempotency windows are held against it by a design rule'),
    ),
  ),
  row(
    'producers.*',
    move(
      '  importer: { owner: checkout, onOverload: buffer, buffer: 10 MiB, approvedBy: checkout }\n',
      '',
      finds('promise/producer-removed'),
      harmless('one more producer publishes under the same promises; what it may lose is approved'),
    ),
  ),
  row(
    'producers.*.owner',
    either('checkout-api: { owner: checkout', 'checkout-api: { owner: warehouse', finds('promise/owner-changed')),
  ),
  row('producers.*.outbox', move('outbox: true', 'outbox: false', finds('promise/outbox-removed'), stricter)),
  row('producers.*.acks', move('acks: all', 'acks: leader', finds('promise/acks-weakened'), stricter)),
  row(
    'producers.*.onOverload',
    move(
      'onOverload: block',
      'onOverload: drop-newest, approvedBy: checkout',
      finds('promise/backpressure-made-lossy'),
      stricter,
    ),
  ),
  row('producers.*.buffer', move('buffer: 10 MiB', 'buffer: 5 MiB', finds('promise/backpressure-tightened'), stricter)),
  row(
    'producers.*.approvedBy',
    either('buffer: 10 MiB, approvedBy: checkout', 'buffer: 10 MiB, approvedBy: warehouse', signed),
  ),
  row(
    'producers.*.generated',
    move(
      'onOverload: block, generated: true',
      'onOverload: block, generated: false',
      finds('promise/producer-hand-written'),
      stricter,
    ),
  ),
  row(
    'delivery',
    move('delivery: at-least-once', 'delivery: at-most-once', finds('promise/delivery-weakened'), stricter),
  ),
  row(
    'idempotency.key',
    either('key: [/orderId, /revision]', 'key: [/orderId, /at]', finds('promise/idempotency-key-changed')),
  ),
  row(
    'idempotency.window',
    move('/revision], window: 60d', '/revision], window: 10d', finds('promise/idempotency-window-shortened'), stricter),
    either(
      '/revision], window: 60d',
      '/revision], window: 50d',
      harmless('either covers everything that can come back'),
    ),
  ),
  row(
    'idempotency.store',
    move('store: postgres', 'store: memory', finds('design/effectively-once-without-transactions'), asked),
  ),
  row('retry.attempts', move('attempts: 5', 'attempts: 2', finds('promise/retry-budget-cut'), stricter)),
  row('retry.within', move('within: 10m', 'within: 3m', finds('promise/retry-budget-cut'), stricter)),
  row('retry.backoff.initial', move('initial: 200ms', 'initial: 100ms', shorterPauses, stricter)),
  row('retry.backoff.factor', move('factor: 2', 'factor: 1.5', shorterPauses, stricter)),
  row('retry.backoff.max', move('max: 1s', 'max: 500ms', shorterPauses, stricter)),
  row('retry.backoff.jitter', move('jitter: none', 'jitter: full', shorterPauses, stricter)),
  row('retry.ratio', move('ratio: 20 %', 'ratio: 5 %', finds('promise/retry-budget-cut'), stricter)),
  row('retry.nonRetryable', move('[Refused]', '[Refused, Late]', finds('promise/retry-budget-cut'), stricter)),
  row(
    'deadLetter.owner',
    either(
      'deadLetter: { owner: warehouse',
      'deadLetter: { owner: checkout',
      finds('promise/dead-letter-owner-changed'),
    ),
  ),
  row(
    'deadLetter.investigateWithin',
    move('investigateWithin: 2h', 'investigateWithin: 9h', finds('promise/dead-letter-loosened'), stricter),
  ),
  row(
    'deadLetter.severity',
    move('severity: critical', 'severity: info', finds('promise/dead-letter-loosened'), stricter),
  ),
  row(
    'deadLetter.alertAbove',
    move('alertAbove: 5/min', 'alertAbove: 9/min', finds('promise/dead-letter-loosened'), stricter),
  ),
  row(
    'deadLetter.topic',
    either('topic: orders.dead', 'topic: orders.lost', finds('promise/dead-letter-topic-changed')),
  ),
  row(
    'deadLetter.retention',
    move('retention: 30d', 'retention: 20d', finds('promise/dead-letter-loosened'), stricter),
  ),
  row('deadLetter.after', move('after: wait', 'after: follow', finds('promise/dead-letter-loosened'), stricter)),
  row(
    'deadLetter.floodGuard.share',
    move('share: 50 %', 'share: 90 %', finds('promise/dead-letter-loosened'), stricter),
  ),
  row(
    'deadLetter.floodGuard.over',
    move('{ share: 50 %, over: 1m', '{ share: 50 %, over: 2m', finds('promise/dead-letter-loosened'), stricter),
  ),
  row(
    'backpressure.policy',
    move(
      'policy: block, maxInFlight: 400, maxWaiting: 4000',
      'policy: sample, maxInFlight: 400, keepOneIn: 5, approvedBy: warehouse',
      finds('promise/backpressure-made-lossy'),
      stricter,
    ),
  ),
  row(
    'backpressure.maxInFlight',
    either('maxInFlight: 400', 'maxInFlight: 100', harmless('under `block` events wait, and none is lost')),
    move('maxInFlight: 300', 'maxInFlight: 200', finds('promise/backpressure-tightened'), stricter),
  ),
  row(
    'backpressure.maxWaiting',
    either('maxWaiting: 4000', 'maxWaiting: 3000', harmless('under `block` events wait, and none is lost')),
    move('maxWaiting: 9000', 'maxWaiting: 8000', finds('promise/backpressure-tightened'), stricter),
  ),
  row('backpressure.maxAge', move('maxAge: 5m', 'maxAge: 1m', finds('promise/backpressure-tightened'), stricter)),
  row('backpressure.maxLag', move('maxLag: 5000', 'maxLag: 500', finds('promise/backpressure-tightened'), stricter)),
  row(
    'backpressure.keepOneIn',
    move('keepOneIn: 10', 'keepOneIn: 20', finds('promise/backpressure-tightened'), stricter),
  ),
  row(
    'backpressure.approvedBy',
    either('keepOneIn: 10, approvedBy: data-platform', 'keepOneIn: 10, approvedBy: checkout', signed),
  ),
  row(
    'consumers.*',
    move(
      '  plain: { owner: data-platform }\n',
      '',
      finds('promise/consumer-removed'),
      harmless('a consumer that is added changes nothing for the others'),
    ),
  ),
  row(
    'consumers.*.owner',
    either('fulfillment:\n    owner: warehouse', 'fulfillment:\n    owner: checkout', finds('promise/owner-changed')),
  ),
  row(
    'consumers.*.group',
    either('group: orders-fulfillment', 'group: orders-picking', finds('promise/group-renamed')),
  ),
  row(
    'consumers.*.reads',
    either(
      'reads: [/orderId]',
      'reads: [/orderId, /at]',
      harmless('what is read is held against the schema of every version'),
    ),
  ),
  row('consumers.*.concurrency', either('concurrency: 64', 'concurrency: 8', own)),
  row('consumers.*.batch.size', either('size: 100', 'size: 10', own)),
  row('consumers.*.batch.within', either('size: 100, within: 1s', 'size: 100, within: 2s', own)),
  row(
    'consumers.*.timeout',
    move(
      'timeout: 30s',
      'timeout: 10s',
      finds('promise/handler-timeout-shortened'),
      harmless('a longer time is held against the retry budget by a design rule'),
    ),
  ),
  row('consumers.*.rateLimit', either('rateLimit: 800/s', 'rateLimit: 700/s', own)),
  row('consumers.*.catchUp.rate', either('rate: 900/s', 'rate: 850/s', own)),
  row('consumers.*.catchUp.whenOlderThan', either('whenOlderThan: 10m', 'whenOlderThan: 20m', own)),
  row('consumers.*.breaker.failures', either('failures: 50 %', 'failures: 60 %', own)),
  row('consumers.*.breaker.over', either('failures: 50 %, over: 1m', 'failures: 50 %, over: 2m', own)),
  row('consumers.*.breaker.probeEvery', either('probeEvery: 5s', 'probeEvery: 9s', own)),
  row('consumers.*.lag.maxAge', move('maxAge: 2m', 'maxAge: 9m', finds('promise/freshness-loosened'), stricter)),
  row(
    'consumers.*.lag.maxMessages',
    move('maxMessages: 10000', 'maxMessages: 90000', finds('promise/freshness-loosened'), stricter),
  ),
  row(
    'consumers.*.objective.share',
    move('share: 99.9 %', 'share: 99 %', finds('promise/freshness-loosened'), stricter),
  ),
  row(
    'consumers.*.objective.within',
    move('99.9 %, within: 2m', '99.9 %, within: 3m', finds('promise/freshness-loosened'), stricter),
  ),
  row(
    'consumers.*.replayWindow',
    move('replayWindow: 7d', 'replayWindow: 1d', finds('promise/replay-window-shortened'), stricter),
  ),
  row(
    'consumers.*.startFrom',
    either(
      'startFrom: earliest',
      'startFrom: latest',
      harmless('it holds for a group without offsets, and a group that is renamed has a rule of its own'),
    ),
  ),
  row(
    'consumers.*.onOffsetLost',
    move(
      'onOffsetLost: fail',
      'onOffsetLost: latest',
      finds('promise/lost-offset-hidden'),
      harmless('a consumer that stops loses nothing more'),
    ),
  ),
  row(
    'consumers.*.generated',
    either(
      'onOffsetLost: fail\n    generated: true',
      'onOffsetLost: fail\n    generated: false',
      harmless('the team decides how it reads; the payload is compared by what such a consumer takes'),
    ),
  ),
];
