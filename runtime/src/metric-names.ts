/**
 * Every metric the runtime exports, by name, kind, unit and labels. The alert emitter and the telemetry port read
 * this one list, so that no alert can name a metric that does not exist. Names follow Prometheus' conventions.
 */
export interface Metric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

const consumerLabels = ['contract', 'consumer', 'topic'] as const;

export const metrics = {
  recordsReceived: {
    name: 'tenet_consumer_records_received_total',
    kind: 'counter',
    help: 'Records taken from the broker, repeats included.',
    labels: consumerLabels,
  },
  recordsHandled: {
    name: 'tenet_consumer_records_handled_total',
    kind: 'counter',
    help: 'Records whose handler succeeded.',
    labels: consumerLabels,
  },
  recordsSkipped: {
    name: 'tenet_consumer_records_skipped_total',
    kind: 'counter',
    help: 'Records of other events in the topic, which the consumer does not declare.',
    labels: consumerLabels,
  },
  recordsDuplicate: {
    name: 'tenet_consumer_records_duplicate_total',
    kind: 'counter',
    help: 'Records recognised as already handled.',
    labels: consumerLabels,
  },
  recordsLost: {
    name: 'tenet_consumer_records_lost_total',
    kind: 'counter',
    help: 'Records of an at-most-once consumer whose attempt failed, or whose partition went before it ended.',
    labels: consumerLabels,
  },
  recordsDeadLettered: {
    name: 'tenet_consumer_records_dead_lettered_total',
    kind: 'counter',
    help: 'Records whose dead letter the broker acknowledged.',
    labels: [...consumerLabels, 'disposition'],
  },
  recordsDropped: {
    name: 'tenet_consumer_records_dropped_total',
    kind: 'counter',
    help: 'Records given up by the backpressure policy and acknowledged by the loss ledger.',
    labels: [...consumerLabels, 'policy'],
  },
  recordsExpired: {
    name: 'tenet_consumer_records_expired_total',
    kind: 'counter',
    help: 'Offsets that retention took before they were read, or that onOffsetLost skipped.',
    labels: [...consumerLabels, 'cause'],
  },
  lossLedgerFailures: {
    name: 'tenet_consumer_loss_ledger_failures_total',
    kind: 'counter',
    help: 'Losses that the loss ledger did not acknowledge; their partition waits.',
    labels: consumerLabels,
  },
  attempts: {
    name: 'tenet_consumer_attempts_total',
    kind: 'counter',
    help: 'Handler attempts, the first included.',
    labels: consumerLabels,
  },
  retries: {
    name: 'tenet_consumer_retries_total',
    kind: 'counter',
    help: 'Handler attempts after the first.',
    labels: consumerLabels,
  },
  retriesExhausted: {
    name: 'tenet_consumer_retries_exhausted_total',
    kind: 'counter',
    help: 'Records whose retry budget ran out.',
    labels: consumerLabels,
  },
  transitSeconds: {
    name: 'tenet_consumer_transit_seconds',
    kind: 'histogram',
    help: "Time from the record's timestamp to its arrival in the consumer; the clocks are those of two machines.",
    labels: consumerLabels,
  },
  keyWaitSeconds: {
    name: 'tenet_consumer_key_wait_seconds',
    kind: 'histogram',
    help: 'Time from arrival until every earlier record of its key was settled.',
    labels: consumerLabels,
  },
  dwellSeconds: {
    name: 'tenet_consumer_dwell_seconds',
    kind: 'histogram',
    help: 'Time from there until the handler took it: what limits and batches cost.',
    labels: consumerLabels,
  },
  commitSeconds: {
    name: 'tenet_consumer_commit_seconds',
    kind: 'histogram',
    help: 'Time until the broker answered a commit.',
    labels: consumerLabels,
  },
  handlerSeconds: {
    name: 'tenet_consumer_handler_seconds',
    kind: 'histogram',
    help: 'Time in the handler, waiting excluded.',
    labels: consumerLabels,
  },
  handlerTimeouts: {
    name: 'tenet_consumer_handler_timeouts_total',
    kind: 'counter',
    help: 'Handlers that ran longer than their time-out.',
    labels: consumerLabels,
  },
  wedgedHandlers: {
    name: 'tenet_consumer_wedged_handlers',
    kind: 'gauge',
    help: 'Handlers that still run a rebalance time-out after their own time-out; their member has left its group.',
    labels: consumerLabels,
  },
  payloadMismatches: {
    name: 'tenet_consumer_payload_mismatches_total',
    kind: 'counter',
    help: 'Duplicates by idempotency key whose payload differs from the first one.',
    labels: consumerLabels,
  },
  deadLetterFailures: {
    name: 'tenet_consumer_dead_letter_failures_total',
    kind: 'counter',
    help: 'Dead letters that the broker did not acknowledge; the lane waits.',
    labels: consumerLabels,
  },
  inFlight: {
    name: 'tenet_consumer_in_flight_records',
    kind: 'gauge',
    help: 'Records being handled.',
    labels: consumerLabels,
  },
  waiting: {
    name: 'tenet_consumer_waiting_records',
    kind: 'gauge',
    help: 'Records buffered behind their key or the limit.',
    labels: consumerLabels,
  },
  parked: {
    name: 'tenet_consumer_parked_records',
    kind: 'gauge',
    help: 'Records in the line of the partitions owned here: state waiting (behind their key) or dead (until somebody decides).',
    labels: [...consumerLabels, 'state'],
  },
  oldestParked: {
    name: 'tenet_consumer_oldest_parked_seconds',
    kind: 'gauge',
    help: 'Age of the oldest record in the line of the partitions owned here; 0: none.',
    labels: consumerLabels,
  },
  recordsDiscarded: {
    name: 'tenet_consumer_records_discarded_total',
    kind: 'counter',
    help: 'Dead letters in the line that somebody decided never to handle.',
    labels: consumerLabels,
  },
  lagRecords: {
    name: 'tenet_consumer_lag_records',
    kind: 'gauge',
    help: 'Records behind the end of the partition, committed offset to log end.',
    labels: [...consumerLabels, 'partition'],
  },
  lagSeconds: {
    name: 'tenet_consumer_lag_seconds',
    kind: 'gauge',
    help: 'Age of the oldest record that is not passed.',
    labels: [...consumerLabels, 'partition'],
  },
  commitOverflow: {
    name: 'tenet_consumer_commit_overflow_records',
    kind: 'gauge',
    help: 'Passed records behind one that is not, which the last commit had no room for: a crash would repeat them.',
    labels: consumerLabels,
  },
  oldestDeadLetter: {
    name: 'tenet_consumer_oldest_dead_letter_timestamp_seconds',
    kind: 'gauge',
    help: 'When the oldest dead letter that this process wrote, and that its topic still holds, arrived, Unix time; 0: none.',
    labels: consumerLabels,
  },
  sequenceGaps: {
    name: 'tenet_consumer_sequence_gaps_total',
    kind: 'counter',
    help: 'Sequence numbers of a key that were missing when a later one was passed.',
    labels: consumerLabels,
  },
  outOfOrder: {
    name: 'tenet_consumer_records_out_of_order_total',
    kind: 'counter',
    help: 'Records passed after one of their key with a later sequence number; repeats do not count.',
    labels: consumerLabels,
  },
  hottestKeyShare: {
    name: 'tenet_consumer_hottest_key_share_ratio',
    kind: 'gauge',
    help: 'Least share that the most frequent key has of the records of the last seconds, 0 to 1; 0 while they are few.',
    labels: consumerLabels,
  },
  pausedPartitions: {
    name: 'tenet_consumer_paused_partitions',
    kind: 'gauge',
    help: 'Partitions paused by backpressure.',
    labels: consumerLabels,
  },
  breakerOpen: {
    name: 'tenet_consumer_breaker_open',
    kind: 'gauge',
    help: '1 while the breaker lets only probes start.',
    labels: consumerLabels,
  },
  deadLetterFlood: {
    name: 'tenet_consumer_dead_letter_flood',
    kind: 'gauge',
    help: '1 while the flood guard lets only probes start.',
    labels: consumerLabels,
  },
  wantedHandlers: {
    name: 'tenet_consumer_wanted_handlers',
    kind: 'gauge',
    help: 'With backpressure scale: handlers at once that keep up with what arrives and work the lag off; summed over members and divided by concurrency, the members wanted.',
    labels: consumerLabels,
  },
  rebalances: {
    name: 'tenet_consumer_rebalances_total',
    kind: 'counter',
    help: 'Assignments received.',
    labels: consumerLabels,
  },
  commitFailures: {
    name: 'tenet_consumer_commit_failures_total',
    kind: 'counter',
    help: 'Commits that failed or whose answer is unknown.',
    labels: consumerLabels,
  },
  stoppedPartitions: {
    name: 'tenet_consumer_stopped_partitions',
    kind: 'gauge',
    help: 'Partitions that stand still until somebody decides: their offset was lost or is not ours.',
    labels: consumerLabels,
  },
  consumerUp: {
    name: 'tenet_consumer_up',
    kind: 'gauge',
    help: '1 while the member is joined and fetching.',
    labels: consumerLabels,
  },
  startTime: {
    name: 'tenet_consumer_start_timestamp_seconds',
    kind: 'gauge',
    help: 'When the consumer started, Unix time.',
    labels: consumerLabels,
  },
  recordsSent: {
    name: 'tenet_producer_records_sent_total',
    kind: 'counter',
    help: 'Records the broker acknowledged.',
    labels: ['contract', 'service', 'topic'],
  },
  sendFailures: {
    name: 'tenet_producer_send_failures_total',
    kind: 'counter',
    help: 'Sends that failed for good, by error code.',
    labels: ['contract', 'service', 'topic', 'code'],
  },
  recordsRefused: {
    name: 'tenet_producer_records_refused_total',
    kind: 'counter',
    help: 'Events refused before sending, by the contract.',
    labels: ['contract', 'service', 'topic'],
  },
  sendsDropped: {
    name: 'tenet_producer_records_dropped_total',
    kind: 'counter',
    help: 'Events given up because the broker was away or the buffer full, as onOverload says.',
    labels: ['contract', 'service', 'topic'],
  },
  bufferedBytes: {
    name: 'tenet_producer_buffered_bytes',
    kind: 'gauge',
    help: 'With onOverload buffer: bytes of events that the broker has not acknowledged.',
    labels: ['contract', 'service', 'topic'],
  },
  sendSeconds: {
    name: 'tenet_producer_send_seconds',
    kind: 'histogram',
    help: 'Time from send to acknowledgement.',
    labels: ['contract', 'service', 'topic'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricKey = keyof typeof metrics;
