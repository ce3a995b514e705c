/** How the errors of Kafka and of its clients are told to the core. */
import { BrokerError, type BrokerErrorReason } from '../broker.ts';

/** By the protocol's names; some had other ones, which kafkajs still uses. */
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
  UNSUPPORTED_SASL_MECHANISM: 'refused',
  UNSUPPORTED_VERSION: 'refused',
  INCONSISTENT_GROUP_PROTOCOL: 'refused',
  INVALID_SESSION_TIMEOUT: 'refused',
  INVALID_REPLICATION_FACTOR: 'refused',
  INVALID_CONFIG: 'refused',
  INVALID_PARTITIONS: 'refused',
  POLICY_VIOLATION: 'refused',
  // The coordinator is another one or not ready: it has done nothing.
  NOT_COORDINATOR: 'unreachable',
  NOT_COORDINATOR_FOR_GROUP: 'unreachable',
  COORDINATOR_NOT_AVAILABLE: 'unreachable',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'unreachable',
  COORDINATOR_LOAD_IN_PROGRESS: 'unreachable',
  GROUP_LOAD_IN_PROGRESS: 'unreachable',
};

/** What clients cannot do or are not let do; another try ends the same. */
const refusals: ReadonlySet<string> = new Set([
  'KafkaJSNotImplemented',
  'KafkaJSSASLAuthenticationError',
  'PLT_KFK_AUTHENTICATION',
  'PLT_KFK_UNSUPPORTED_COMPRESSION',
]);

/** The protocol's name of an error, from wherever a client has wrapped it. */
export function errorType(error: unknown): string | undefined {
  for (const one of chain(error)) {
    for (const field of ['type', 'apiId']) {
      const name: unknown = Reflect.get(one, field);
      if (typeof name === 'string') return name;
    }
  }
  return undefined;
}

/** The error as the port names it. `otherwise` is for failures of the network, which say nothing about the outcome. */
export function brokerError(error: unknown, otherwise: BrokerErrorReason): BrokerError {
  const told = chain(error).find((one) => one instanceof BrokerError);
  if (told !== undefined) return told;
  const type = errorType(error);
  const message = error instanceof Error ? error.message : String(error);
  const refused = chain(error).some((one) => refusals.has(one.name) || refusals.has(String(Reflect.get(one, 'code'))));
  const reason = refused ? 'refused' : ((type === undefined ? undefined : reasons[type]) ?? otherwise);
  return new BrokerError(reason, message, { cause: error });
}

/** The error, what it consists of, and what caused it, outermost first. */
function chain(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return [];
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...parts.flatMap(chain), ...chain(error.cause)];
}

/** An answer that says, by the protocol's name, why it is none. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly type: string;
  constructor(type: string, message = type) {
    super(message);
    this.type = type;
  }
}
