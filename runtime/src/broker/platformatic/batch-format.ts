/** A batch of records as it lies in the log: format 2, Kafka 0.11 and later. */

/** Places in the head of a batch, which begins with the offset of its first record. */
export const at = {
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  /** From here on the checksum is taken. */
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  sequence: 53,
  count: 57,
  records: 61,
} as const;

/** What `length` does not count: the first offset and itself. */
export const lead = 12;
