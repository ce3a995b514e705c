/** The public face of @tenet/runtime. Adapters are reached by subpath: kafkajs, postgres, memory, testing. */
export { BatchError } from './consumer/batch-error.ts';
export type {
  BatchContext,
  BatchHandler,
  ContextOf,
  EventContext,
  EventHandler,
  Handler,
  HandlerContext,
} from './consumer/context.ts';
export {
  type Branded,
  type ConsumerContract,
  type ConsumerDescriptor,
  contract,
  type DeadLetterPolicy,
  type Delivery,
  type EventContract,
  type EventDescriptor,
  type KeyDefinition,
  type ProducerPromises,
  type RetryPolicy,
  type TopicSettings,
  type types,
  type Unbranded,
  type Unit,
} from './contract.ts';
export type { SendOptions } from './envelope/outgoing.ts';
export { TenetError, type TenetErrorCode } from './errors.ts';
export type { Incident, IncidentCode, Log } from './incident.ts';
export type { Decision, Line, LineItem, LinePlace, LineQuery, LineState } from './line/line.ts';
export { lossAccount } from './loss/loss-account.ts';
export { type LossCause, type LossRecord, parseLossRecord } from './loss/loss-record.ts';
export type { OffsetRange, OffsetRanges } from './loss/offset-ranges.ts';
export type { EventProducer, ProducerOf, TombstoneProducer } from './producer/producer.ts';
export {
  createRuntime,
  type Liveness,
  type NotAProducer,
  type Readiness,
  type Runtime,
  type RuntimeOptions,
} from './runtime.ts';
export type { StartReport } from './start-report.ts';
export type { ParkingStore, Store } from './store.ts';
export { type MemoryTelemetry, memoryTelemetry } from './telemetry/memory-telemetry.ts';
export type { Counter, Gauge, Histogram, Labels, Telemetry } from './telemetry/telemetry.ts';
