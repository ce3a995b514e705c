/** What the parts of this adapter ask of kafkajs. */
import { Kafka, type KafkaConfig, logLevel, type RetryOptions } from 'kafkajs';
import { defaultConnectTimeoutMs, type KafkaOptions, type SaslOptions, tokenOf } from '../kafka/options.ts';
import { registerZstd, stopIdleTimers } from './internals.ts';
import { oauthBearer } from './oauth-bearer.ts';

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
  const { brokers, tls = false, sasl, connectTimeoutMs = defaultConnectTimeoutMs } = options;
  return new Kafka({
    brokers: [...brokers],
    ...(tls === false ? {} : { ssl: tls }),
    ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }),
    clientId,
    retry,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectTimeoutMs,
    // Whatever goes wrong arrives as an error at the caller or as `failed` at the listener; a log would say it twice.
    logLevel: logLevel.NOTHING,
  });
}

/** A copy: kafkajs writes into what it gets. */
function saslOf(sasl: SaslOptions): NonNullable<KafkaConfig['sasl']> {
  return sasl.mechanism === 'oauthbearer' ? oauthBearer(() => tokenOf(sasl)) : { ...sasl };
}
