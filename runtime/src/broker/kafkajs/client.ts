/** What the parts of this adapter ask of kafkajs, and how its errors are told to the core. */
import { Kafka, type KafkaConfig, logLevel, type RetryOptions } from 'kafkajs';
import { BrokerError, type BrokerErrorReason } from '../broker.ts';
import { registerZstd, stopIdleTimers } from './internals.ts';

export interface KafkaOptions {
  /** host:port of some brokers of the cluster. */
  readonly brokers: readonly string[];
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
}

export interface ClientOptions {
  readonly clientId: string;
  readonly retry: RetryOptions;
  /** How long an answer may take before it counts as lost, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** A client for one role: kafkajs keeps its client id and time-outs per instance. */
export function createClient(options: KafkaOptions, { clientId, retry, requestTimeoutMs }: ClientOptions): Kafka {
  stopIdleTimers();
  registerZstd();
  return new Kafka({
    brokers: [...options.brokers],
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
    clientId,
    retry,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: 3000,
    // Whatever goes wrong arrives as an error at the caller or as `failed` at the listener; a log would say it twice.
    logLevel: logLevel.NOTHING,
  });
}

const reasons: Readonly<Record<string, BrokerErrorReason>> = {
  ILLEGAL_GENERATION: 'fenced',
  UNKNOWN_MEMBER_ID: 'fenced',
  REBALANCE_IN_PROGRESS: 'fenced',
  FENCED_INSTANCE_ID: 'fenced',
  MESSAGE_TOO_LARGE: 'too-large',
  RECORD_LIST_TOO_LARGE: 'too-large',
  OFFSET_METADATA_TOO_LARGE: 'too-large',
  UNKNOWN_TOPIC_OR_PARTITION: 'missing-topic',
  INVALID_TOPIC_EXCEPTION: 'refused',
  TOPIC_AUTHORIZATION_FAILED: 'refused',
  GROUP_AUTHORIZATION_FAILED: 'refused',
  CLUSTER_AUTHORIZATION_FAILED: 'refused',
  SASL_AUTHENTICATION_FAILED: 'refused',
  INCONSISTENT_GROUP_PROTOCOL: 'refused',
  INVALID_SESSION_TIMEOUT: 'refused',
  INVALID_REPLICATION_FACTOR: 'refused',
  INVALID_CONFIG: 'refused',
  INVALID_PARTITIONS: 'refused',
  POLICY_VIOLATION: 'refused',
  // The coordinator is another one or not ready: it has done nothing.
  NOT_COORDINATOR_FOR_GROUP: 'unreachable',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'unreachable',
  GROUP_LOAD_IN_PROGRESS: 'unreachable',
};

/** The protocol's name of an error, from wherever kafkajs has wrapped it. */
export function errorType(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('type' in error && typeof error.type === 'string') return error.type;
  return errorType(error.cause);
}

/** The error as the port names it. `otherwise` is for failures of the network, which say nothing about the outcome. */
export function brokerError(error: unknown, otherwise: BrokerErrorReason): BrokerError {
  if (error instanceof BrokerError) return error;
  const type = errorType(error);
  const message = error instanceof Error ? error.message : String(error);
  const unsupported =
    error instanceof Error && ['KafkaJSNotImplemented', 'KafkaJSSASLAuthenticationError'].includes(error.name);
  const reason = unsupported ? 'refused' : ((type === undefined ? undefined : reasons[type]) ?? otherwise);
  return new BrokerError(reason, message, { cause: error });
}
